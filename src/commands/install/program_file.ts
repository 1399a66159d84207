import { dirname } from "node:path";
import { ensureDirSync } from "@std/fs";
import { syncDirectory } from "../../host/atomic_file.ts";
import { fileError } from "../../settings/file_error.ts";

const CHUNK = 1 << 20;

/**
 * Puts a copy of `binary` at `program`, and the one that was there at `previous`. A timer that fires
 * meanwhile starts the old or the new one, and what runs goes on. The same bytes: nothing is changed,
 * so that to install twice forgets no older version. Throws as writeAtomically() does.
 */
export function replaceProgram(binary: string, program: string, previous: string): void {
  const fresh = `${program}.new`;
  try {
    ensureDirSync(dirname(program));
    const isThere = exists(program);
    if (isThere && haveSameBytes(binary, program)) return;
    // First the copy: `binary` may be `previous` itself, when a version is rolled back.
    Deno.copyFileSync(binary, fresh);
    Deno.chmodSync(fresh, 0o755);
    {
      using file = Deno.openSync(fresh);
      file.syncSync();
    }
    if (isThere) {
      const kept = `${previous}.new`;
      if (exists(kept)) Deno.removeSync(kept);
      Deno.linkSync(program, kept);
      Deno.renameSync(kept, previous);
    }
    Deno.renameSync(fresh, program);
    syncDirectory(dirname(program));
  } catch (thrown) {
    throw fileError("write", program, thrown);
  }
}

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

function haveSameBytes(one: string, other: string): boolean {
  if (Deno.statSync(one).size !== Deno.statSync(other).size) return false;
  using first = Deno.openSync(one);
  using second = Deno.openSync(other);
  while (true) {
    const [mine, its] = [readChunk(first), readChunk(second)];
    if (mine.length !== its.length || mine.some((byte, place) => byte !== its[place])) return false;
    if (mine.length === 0) return true;
  }
}

/** A full chunk, unless the file ends: a read(2) may give less than it is asked for. */
function readChunk(file: Deno.FsFile): Uint8Array {
  const chunk = new Uint8Array(CHUNK);
  let filled = 0;
  while (filled < CHUNK) {
    const read = file.readSync(chunk.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return chunk.subarray(0, filled);
}
