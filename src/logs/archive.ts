import fs from "node:fs";
import { dirname } from "node:path";
import { PipelineError } from "../errors.ts";
import { syncDirectory, writeAll } from "../host/atomic_file.ts";
import type { Host } from "../host/host.ts";
import { fileError } from "../settings/file_error.ts";
import { blocksOf, gunzip, gzip, isDamage } from "./gzip.ts";

/** What a log holds. */
export interface Content {
  readonly lines: number;
  readonly bytes: number;
}

export interface WriteOptions {
  readonly host: Pick<Host, "reached">;
  readonly signal: AbortSignal | undefined;
}

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
  source.seekSync(0, Deno.SeekMode.Start);
  for await (const piece of gzip(blocksOf(source, signal))) writeAll(file, piece);
  host.reached("archive-written");
  keepAttributes(source, path, file);
  file.syncSync();
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
  let lines = 0, bytes = 0;
  try {
    for await (const piece of gunzip(blocksOf(archive, signal))) {
      const expected = new Uint8Array(piece.length);
      if (!fill(source, expected)) return undefined;
      for (let i = 0; i < piece.length; i++) {
        if (piece[i] !== expected[i]) return undefined;
        if (piece[i] === NEWLINE) lines++;
      }
      bytes += piece.length;
    }
  } catch (thrown) {
    if (isDamage(thrown)) return undefined;
    throw thrown;
  }
  return bytes === source.statSync().size ? { lines, bytes } : undefined;
}

/** Reads until the block is full; false when the file ends before. */
function fill(file: Deno.FsFile, block: Uint8Array): boolean {
  for (let done = 0; done < block.length;) {
    const count = file.readSync(block.subarray(done));
    if (count === null) return false;
    done += count;
  }
  return true;
}
