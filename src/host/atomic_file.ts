import { dirname } from "node:path";
import { ensureDirSync } from "@std/fs";
import { fileError } from "../settings/file_error.ts";

/**
 * Replaces a file so that a reader, and the next run after a crash or a power cut, sees the old bytes
 * or the new ones and never a part. The directory is made when missing; `mode` is exact, whatever the
 * umask. Throws PipelineError "denied", "config" or "unavailable"; the old file is then untouched.
 */
export function writeAtomically(
  path: string,
  content: string | Uint8Array,
  { mode = 0o640 }: { mode?: number } = {},
): void {
  const directory = dirname(path);
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  let temporary: string | undefined;
  try {
    ensureDirSync(directory);
    // In the same directory, because rename(2) is atomic only within one file system.
    temporary = Deno.makeTempFileSync({ dir: directory, prefix: ".new-" });
    writeDurably(temporary, bytes, mode);
    Deno.renameSync(temporary, path);
    temporary = undefined;
    syncDirectory(directory);
  } catch (thrown) {
    throw fileError("write", path, thrown);
  } finally {
    if (temporary !== undefined) Deno.removeSync(temporary);
  }
}

/**
 * Makes a file that must not be there yet, whole or not at all; returns false, and changes nothing, when
 * something of that name is there. Directories that are missing are made for the owner alone. Throws
 * as writeAtomically does.
 */
export function createAtomically(
  path: string,
  content: string,
  { mode }: { readonly mode: number },
): boolean {
  const directory = dirname(path);
  let temporary: string | undefined;
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    temporary = Deno.makeTempFileSync({ dir: directory, prefix: ".new-" });
    writeDurably(temporary, new TextEncoder().encode(content), mode);
    // Unlike rename(2), link(2) never takes the place of another file.
    Deno.linkSync(temporary, path);
    syncDirectory(directory);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AlreadyExists && temporary !== undefined) return false;
    throw fileError("write", path, thrown);
  } finally {
    if (temporary !== undefined) Deno.removeSync(temporary);
  }
}

/** Makes renames and removals in a directory survive a power cut. */
export function syncDirectory(path: string): void {
  using directory = Deno.openSync(path);
  directory.syncSync();
}

/** Writes all of `bytes`: a write(2) may take fewer than it is given. */
export function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

function writeDurably(path: string, bytes: Uint8Array, mode: number): void {
  using file = Deno.openSync(path, { write: true });
  writeAll(file, bytes);
  Deno.chmodSync(path, mode);
  file.syncSync();
}
