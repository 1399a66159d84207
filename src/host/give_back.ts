import { lchownSync } from "node:fs";
import { fileError } from "../settings/file_error.ts";

/**
 * Gives everything of root's in these directories to whoever owns the directory, when it is root that
 * runs: what a person makes by hand must not lock the service out, which runs as a user of its own.
 * Throws as fileError() says.
 */
export function giveBack(directories: readonly string[]): void {
  // Of this process, and readable in every sandbox; Deno.uid() would be one more permission.
  if (Deno.statSync("/proc/self").uid !== 0) return;
  for (const directory of directories) {
    try {
      const { uid, gid } = Deno.lstatSync(directory);
      if (uid !== null && uid !== 0) giveIn(directory, uid, gid);
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) {
        throw fileError("give back", directory, thrown);
      }
    }
  }
}

/**
 * The directories are the service's own, and it may be in a stranger's hands: another directory put in a
 * name's place meanwhile must not be walked into, so each is entered, and looked at from inside.
 */
function giveIn(directory: string, uid: number, gid: number | null): void {
  const from = Deno.cwd();
  const found = Deno.lstatSync(directory);
  Deno.chdir(directory);
  try {
    const here = Deno.statSync(".");
    if (here.ino !== found.ino || here.dev !== found.dev) return;
    for (const { name, isDirectory, isSymlink } of Deno.readDirSync(".")) {
      if (isSymlink) continue;
      if (Deno.lstatSync(name).uid === 0) lchownSync(name, uid, gid ?? uid);
      if (isDirectory) giveIn(name, uid, gid);
    }
  } finally {
    Deno.chdir(from);
  }
}
