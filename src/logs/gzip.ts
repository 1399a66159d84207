import { pipeline, Readable, type Transform } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";

/** Larger blocks are no faster, and each stage of a stream keeps a few of them. */
const BLOCK_BYTES = 64 * 1024;
/** Of the zlib in here: smaller files than those of `gzip -6`, in half its time. Level 6 gains 1 %. */
const LEVEL = 5;

/** The bytes from where the file stands to its end. Throws the signal's reason. */
export function* blocksOf(file: Deno.FsFile, signal?: AbortSignal): Generator<Uint8Array> {
  while (true) {
    signal?.throwIfAborted();
    const block = new Uint8Array(BLOCK_BYTES);
    const count = file.readSync(block);
    if (count === null) return;
    yield block.subarray(0, count);
  }
}

/** Compresses as it is read. */
export function gzip(blocks: Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(blocks, createGzip({ level: LEVEL, chunkSize: BLOCK_BYTES }));
}

/** Decompresses as it is read, also what was put together with cat; isDamage() knows what it throws. */
export function gunzip(blocks: Iterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return through(blocks, createGunzip({ chunkSize: BLOCK_BYTES }));
}

/** Whether this was thrown for bytes that are no gzip file, or not a whole one. */
export function isDamage(thrown: unknown): thrown is Error {
  return thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("Z_");
}

function through(blocks: Iterable<Uint8Array>, stage: Transform): AsyncIterable<Uint8Array> {
  return pipeline(Readable.from(blocks), stage, () => {/* whoever reads the stage is told too */});
}
