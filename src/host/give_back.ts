import { join } from "node:path";
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

function giveIn(directory: string, uid: number, gid: number | null): void {
  for (const { name, isDirectory, isSymlink } of Deno.readDirSync(directory)) {
    const path = join(directory, name);
    if (isSymlink) continue;
    if (Deno.lstatSync(path).uid === 0) Deno.chownSync(path, uid, gid);
    if (isDirectory) giveIn(path, uid, gid);
  }
}
