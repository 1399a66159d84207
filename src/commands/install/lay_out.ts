import { dirname, join } from "node:path";
import { ensureDirSync } from "@std/fs";
import { createAtomically, syncDirectory, writeAtomically } from "../../host/atomic_file.ts";
import { fileError } from "../../settings/file_error.ts";
import { envExample } from "../../settings.ts";
import { replaceProgram } from "./program_file.ts";
import { LINKS, SHIPPED } from "./shipped.ts";

/** Where an installation lies. */
export interface Layout {
  /** Stands for "/": a packager's directory, or "". */
  readonly destdir: string;
  /** Of the program, which is in its bin/. */
  readonly prefix: string;
}

/** Under which all but the program lies: systemd and man look under "/usr/local" and "/usr", and nowhere else. */
const shippedUnder = ({ destdir, prefix }: Layout) =>
  join("/", destdir, prefix === "/usr" ? prefix : "/usr/local");

/** The installed program, and the one it replaced. */
export function programPaths({ destdir, prefix }: Layout) {
  const program = join("/", destdir, prefix, "bin/allora-pipeline");
  return { program, previous: `${program}.previous` };
}

/**
 * Lays out the program, its units and, where they are missing, its settings. Nothing that a person may
 * have written under /etc is touched. Throws as writeAtomically() does.
 */
export function layOut(layout: Layout, binary: string): void {
  const { destdir, prefix } = layout;
  // Whatever root's umask: systemd's tools and users read these.
  Deno.umask(0o022);
  const { program, previous } = programPaths(layout);
  replaceProgram(binary, program, previous);
  for (const [path, text] of Object.entries(SHIPPED)) {
    const placed = text.replaceAll("/usr/local/bin/", `${prefix}/bin/`);
    writeAtomically(join(shippedUnder(layout), path), placed, { mode: 0o644 });
  }
  for (const [path, target] of Object.entries(LINKS)) {
    linkAtomically(target, join(shippedUnder(layout), path));
  }
  const settings = join("/", destdir, "etc/allora-pipeline");
  // Owner and group are for tmpfiles to give: the group may not exist yet.
  for (const directory of [settings, join(settings, "topics")]) makeDirectory(directory, 0o750);
  createAtomically(join(settings, "allora-pipeline.env"), envExample(), { mode: 0o640 });
}

/** Removes what layOut() has laid out, but nothing under /etc. Throws as writeAtomically() does. */
export function takeAway(layout: Layout): void {
  const base = shippedUnder(layout);
  const { program, previous } = programPaths(layout);
  const placed = [...Object.keys(LINKS), ...Object.keys(SHIPPED)].map((path) => join(base, path));
  for (const path of [program, previous, ...placed]) {
    removeIfThere(path);
  }
  removeIfThere(join(base, "lib/systemd/system/allora-pipeline-.service.d"));
}

function makeDirectory(path: string, mode: number): void {
  try {
    ensureDirSync(dirname(path));
    Deno.mkdirSync(path, { mode });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw fileError("write", path, thrown);
  }
}

function linkAtomically(target: string, path: string): void {
  const temporary = `${path}.new`;
  try {
    removeIfThere(temporary);
    Deno.symlinkSync(target, temporary);
    Deno.renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (thrown) {
    throw fileError("write", path, thrown);
  }
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw fileError("remove", path, thrown);
  }
}
