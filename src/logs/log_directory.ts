import { lchownSync } from "node:fs";
import { join } from "node:path";
import { PipelineError } from "../errors.ts";
import { type Lock, tryLock } from "../host/file_lock.ts";
import { fileError, shellQuote } from "../settings/file_error.ts";

const LOCK_NAME = "rotate.lock";

/**
 * Whether the directory is there. Throws "config" when it is something else, and "denied" when people
 * other than root and us may rename what is in it: a rotation by root could be led to any file.
 */
export function checkLogDirectory(dir: string): boolean {
  let info: Deno.FileInfo;
  try {
    info = Deno.statSync(dir);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw fileError("read", dir, thrown);
  }
  if (!info.isDirectory) {
    throw new PipelineError("config", `Cannot rotate the log in ${dir}: it is not a directory`, {
      hint: "let ALLORA_LOG_DIR name a directory",
    });
  }
  const writers = strangersOf(info);
  if (writers === undefined) return true;
  const mode = ((info.mode ?? 0) & 0o7777).toString(8).padStart(4, "0");
  throw new PipelineError(
    "denied",
    `Cannot rotate the log in ${dir}: ${writers} may write there (mode ${mode})`,
    { hint: `chmod go-w ${shellQuote(dir)}` },
  );
}

/** Who else may change the directory, in words. */
function strangersOf({ mode, uid, gid }: Deno.FileInfo): string | undefined {
  // Asking for our own ids needs a permission that nothing else needs; the kernel shows them here.
  const us = Deno.statSync("/proc/self");
  const bits = mode ?? 0;
  if ((bits & 0o002) !== 0) return "everybody";
  if ((bits & 0o020) === 0) return undefined;
  if (gid !== 0 && gid !== us.gid) return `group ${gid}`;
  return uid === 0 || uid === us.uid ? undefined : `user ${uid} and group ${gid}`;
}

/** The one rotation at a time. Throws "retry" saying who holds the lock. */
export function lockLogDirectory(dir: string, nowMs: () => number): Lock {
  const path = join(dir, LOCK_NAME);
  plainFileAt(path);
  const taken = tryLock(path, nowMs);
  handOver(dir, LOCK_NAME);
  if (!("heldBy" in taken)) return taken;
  throw new PipelineError(
    "retry",
    `Cannot rotate the log in ${dir}: it is being done by ${taken.heldBy}`,
    { hint: "nothing to do: the next rotation takes up what is left" },
  );
}

/** Gives what root has made in another's directory to its owner, who could not write to it otherwise. */
export function handOver(dir: string, name: string): void {
  const { uid, gid } = Deno.statSync(dir);
  const path = join(dir, name);
  if (uid === null || gid === null || uid === 0 || plainFileAt(path)?.uid !== 0) return;
  try {
    lchownSync(path, uid, gid);
  } catch (thrown) {
    throw fileError("give away", path, thrown);
  }
}

/**
 * The file of this name, or undefined when there is none. Throws "config" unless it is a file of its
 * own: what has a second name could be anybody's, and a link leads anywhere.
 */
export function plainFileAt(path: string): Deno.FileInfo | undefined {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw fileError("read", path, thrown);
  }
  const found = info.isSymlink
    ? "a symbolic link"
    : info.isDirectory
    ? "a directory"
    : !info.isFile
    ? "not a file"
    : (info.nlink ?? 1) > 1
    ? `one of ${info.nlink} hard links to a file`
    : undefined;
  if (found === undefined) return info;
  throw new PipelineError("config", `Cannot use ${path}: it is ${found}`, {
    hint: `look at it, and move it away: ls -ld ${shellQuote(path)}`,
  });
}

/** Opens a file for reading that plainFileAt() accepts. Throws as it does, and when there is none. */
export function openPlainFile(path: string): Deno.FsFile {
  const named = plainFileAt(path);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (thrown) {
    throw fileError("read", path, thrown);
  }
  // Opening follows links, and the name may have changed since we looked.
  const opened = file.statSync();
  if (opened.ino === named?.ino && opened.dev === named.dev) return file;
  file.close();
  throw new PipelineError("config", `Cannot read ${path}: it was replaced meanwhile`, {
    hint: "try again, and find out who else changes the directory",
  });
}
