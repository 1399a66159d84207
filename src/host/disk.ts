import { statfsSync } from "node:fs";
import { fileError } from "../settings/file_error.ts";

/** Bytes that an ordinary user may still write on the disk of `path`. Throws when there is no such path. */
export function freeBytes(path: string): number {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize;
  } catch (thrown) {
    throw fileError("look at", path, thrown);
  }
}

/**
 * Writes some bytes into a directory to the disk, and takes them away again. Throws PipelineError with
 * what keeps a file from being written there.
 */
export function tryWriting(directory: string): void {
  let path: string | undefined;
  try {
    path = Deno.makeTempFileSync({ dir: directory, prefix: ".writable-" });
    using file = Deno.openSync(path, { write: true });
    file.writeSync(new Uint8Array(4096));
    file.syncSync();
  } catch (thrown) {
    throw fileError("write to", directory, thrown);
  } finally {
    if (path !== undefined) Deno.removeSync(path);
  }
}
