import fs from "node:fs";
import { dirname } from "node:path";
import { PipelineError } from "../errors.ts";
import { syncDirectory, writeAll } from "../host/atomic_file.ts";
import type { Host } from "../host/host.ts";
import { fileError } from "../settings/file_error.ts";

/** What a log holds. */
export interface Content {
  readonly lines: number;
  readonly bytes: number;
}

export interface WriteOptions {
  readonly host: Pick<Host, "reached">;
  readonly signal: AbortSignal | undefined;
}

/** Larger blocks are no faster, and each stage of a stream keeps a few of them. */
const BLOCK_BYTES = 64 * 1024;
const NEWLINE = 10;

/**
 * Compresses all of `source` into `path`, which is there only once it is durable, has been read back and
 * found to hold the same; owner, mode and time are the source's. Throws PipelineError, "unavailable"
 * for a full disk, and the signal's reason; nothing is left then.
 */
export async function writeArchive(
  source: Deno.FsFile,
  path: string,
  { host, signal }: WriteOptions,
): Promise<Content> {
  const temporary = `${path}.tmp`;
  try {
    await compress(source, temporary, { host, signal });
    const content = await provenContent(temporary, source, signal);
    if (content === undefined) {
      throw new PipelineError("unavailable", `Cannot trust ${temporary}: it reads back otherwise`, {
        hint: "the log is still there; look at the disk: dmesg, fsck",
      });
    }
    host.reached("archive-proven");
    Deno.renameSync(temporary, path);
    syncDirectory(dirname(path));
    return content;
  } catch (thrown) {
    fs.rmSync(temporary, { force: true });
    throw signal?.aborted ? signal.reason : fileError("write", path, thrown);
  }
}

async function compress(
  source: Deno.FsFile,
  path: string,
  { host, signal }: WriteOptions,
): Promise<void> {
  using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
  const packed = ReadableStream.from(blocksOf(source, signal))
    .pipeThrough(new CompressionStream("gzip"));
  for await (const piece of packed) writeAll(file, piece);
  host.reached("archive-written");
  keepAttributes(source, path, file);
  file.syncSync();
}

function* blocksOf(file: Deno.FsFile, signal: AbortSignal | undefined) {
  file.seekSync(0, Deno.SeekMode.Start);
  while (true) {
    signal?.throwIfAborted();
    const block = new Uint8Array(BLOCK_BYTES);
    const count = file.readSync(block);
    if (count === null) return;
    yield block.subarray(0, count);
  }
}

/** Owner, mode and time, by descriptors: a path could lead elsewhere by now. */
function keepAttributes(source: Deno.FsFile, path: string, written: Deno.FsFile): void {
  const [from, to] = [source.statSync(), written.statSync()];
  const fd = fs.openSync(path, "r");
  try {
    if (fs.fstatSync(fd).ino !== to.ino) throw new Deno.errors.NotFound(`${path} was replaced`);
    if (from.uid !== to.uid || from.gid !== to.gid) giveTo(fd, from);
    fs.fchmodSync(fd, (from.mode ?? 0o640) & 0o777);
  } finally {
    fs.closeSync(fd);
  }
  const changed = from.mtime ?? new Date();
  written.utimeSync(changed, changed);
}

function giveTo(fd: number, { uid, gid }: Deno.FileInfo): void {
  try {
    fs.fchownSync(fd, uid ?? -1, gid ?? -1);
  } catch (thrown) {
    // Only root gives files away; an archive that is ours is better than none.
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EPERM")) throw thrown;
  }
}

/**
 * What an archive holds, if that is exactly what `source` holds; undefined when it differs or is not a
 * whole gzip file. Compares byte by byte, which says more than a checksum and costs less.
 */
export async function provenContent(
  path: string,
  source: Deno.FsFile,
  signal: AbortSignal | undefined,
): Promise<Content | undefined> {
  using archive = Deno.openSync(path);
  source.seekSync(0, Deno.SeekMode.Start);
  const expected = new Uint8Array(BLOCK_BYTES);
  let lines = 0, bytes = 0;
  try {
    const unpacked = ReadableStream.from(blocksOf(archive, signal))
      .pipeThrough(new DecompressionStream("gzip"));
    for await (const piece of unpacked) {
      for (let at = 0; at < piece.length;) {
        const count = source.readSync(expected.subarray(0, piece.length - at));
        if (count === null) return undefined;
        for (let i = 0; i < count; i++) {
          if (piece[at + i] !== expected[i]) return undefined;
          if (expected[i] === NEWLINE) lines++;
        }
        at += count;
      }
      bytes += piece.length;
    }
  } catch (thrown) {
    // How DecompressionStream says that this is no gzip file, or not a whole one.
    if (thrown instanceof TypeError) return undefined;
    throw thrown;
  }
  return bytes === source.statSync().size ? { lines, bytes } : undefined;
}
