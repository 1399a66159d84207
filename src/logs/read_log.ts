import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { pipeline } from "node:stream";
import { PipelineError } from "../errors.ts";
import { fileError } from "../settings/file_error.ts";
import { openPlainFile } from "./log_directory.ts";

const BLOCK_BYTES = 64 * 1024;

/** The bytes of a log, or of what is in an archive, piece by piece. Throws "invalid" for a damaged one. */
export async function* readLog(path: string): AsyncGenerator<Uint8Array> {
  if (!path.endsWith(".gz")) return yield* plainBytes(path);
  openPlainFile(path).close();
  // Unlike DecompressionStream it takes archives that were put together with cat.
  const unzip = createGunzip({ chunkSize: BLOCK_BYTES });
  pipeline(createReadStream(path), unzip, () => {/* the loop below is told too */});
  try {
    for await (const piece of unzip) yield piece;
  } catch (thrown) {
    if (!(thrown instanceof Error) || !isZlib(thrown)) throw fileError("read", path, thrown);
    throw new PipelineError("invalid", `Cannot read ${path}: ${thrown.message}`, {
      cause: thrown,
      hint: `nothing behind this place can be read: gzip -tv ${path}`,
    });
  }
}

function* plainBytes(path: string): Generator<Uint8Array> {
  using file = openPlainFile(path);
  const block = new Uint8Array(BLOCK_BYTES);
  for (let count; (count = file.readSync(block)) !== null;) yield block.subarray(0, count);
}

/** node:zlib's errors, whose codes begin with Z. */
function isZlib(thrown: Error): boolean {
  return "code" in thrown && String(thrown.code).startsWith("Z");
}
