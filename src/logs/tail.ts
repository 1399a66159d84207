import type { Host } from "../host/host.ts";
import { fileError } from "../settings/file_error.ts";
import { LineReader, startOfLast } from "./lines.ts";
import { isAt } from "./log_file.ts";

/** Further back than this nobody reads a log by its tail; what is read is held in memory. */
const MOST_BYTES = 16 * 1024 * 1024;
/** How soon a follower sees a line, milliseconds. */
const LOOK_MS = 200;

/**
 * The last `count` lines of a file, or those of its last 16 MB; none when there is no file. Reads from
 * the end, however long it is. Throws PipelineError when it may not be read.
 */
export function lastLines(path: string, count: number): readonly string[] {
  using file = openIfThere(path);
  if (file === undefined) return [];
  const { lines, reader } = lastOf(file, count);
  return reader.unfinished === "" ? lines : [...lines, reader.unfinished].slice(-count);
}

/**
 * The last `count` lines, and then every line that is written until the signal: in this file, and
 * after a rotation in the next of its name. A file that is not there yet is waited for. Throws as
 * lastLines() does.
 */
export async function* followLines(
  path: string,
  count: number,
  host: Pick<Host, "sleep">,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let current = openIfThere(path);
  let reader: LineReader | undefined;
  let before: Deno.FsFile | undefined;
  let rest: LineReader | undefined;
  try {
    if (current !== undefined) {
      const last = lastOf(current, count);
      yield* last.lines;
      reader = last.reader;
    }
    while (!signal.aborted) {
      // Who was about to write when the file was renamed, has written by the next look.
      yield* rest?.lines() ?? [];
      before?.close();
      [before, rest] = [undefined, undefined];
      yield* reader?.lines() ?? [];
      if (current === undefined || !isAt(path, current)) {
        [before, rest] = [current, reader];
        current = openIfThere(path);
        reader = current && new LineReader(current);
      }
      await host.sleep(LOOK_MS, signal).catch(() => {/* the signal ends the loop */});
    }
  } finally {
    before?.close();
    current?.close();
  }
}

function lastOf(file: Deno.FsFile, count: number) {
  file.seekSync(startOfLast(file, count, MOST_BYTES), Deno.SeekMode.Start);
  const reader = new LineReader(file);
  return { lines: [...reader.lines()], reader };
}

function openIfThere(path: string): Deno.FsFile | undefined {
  try {
    return Deno.openSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw fileError("read", path, thrown);
  }
}
