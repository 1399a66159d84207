import { fileError } from "../settings/file_error.ts";

/** What the end of a log says. */
export interface LogTail {
  readonly lines: number;
  readonly errors: number;
  readonly warnings: number;
  /** The newest warning or error, for a person. */
  readonly newest: string | undefined;
}

/** A line has some hundred bytes; so much of the end of a log is read. */
const READ = 512 * 1024;

/**
 * Counts the errors and warnings in the last `count` lines of a log of JSON lines; a line that is none
 * is neither. Nothing is there while there is no file. Throws "denied" when it may not be read.
 */
export function logTail(path: string, count: number): LogTail {
  const lines = endOf(path).split("\n").filter((line) => line !== "").slice(-count);
  const entries = lines.map(entryOf);
  const of = (wanted: string) => entries.filter(({ level }) => level === wanted).length;
  const bad = entries.findLast(({ level }) => level === "error" || level === "warn");
  return {
    ...{ lines: lines.length, errors: of("error"), warnings: of("warn") },
    newest: bad && `${bad.time} ${bad.level}: ${bad.message}`,
  };
}

/** The text from the first whole line within the last bytes. */
function endOf(path: string): string {
  try {
    using file = Deno.openSync(path);
    const { size } = file.statSync();
    const from = Math.max(0, size - READ);
    file.seekSync(from, Deno.SeekMode.Start);
    const bytes = new Uint8Array(size - from);
    let read = 0;
    while (read < bytes.length) {
      const got = file.readSync(bytes.subarray(read));
      if (got === null) break;
      read += got;
    }
    const text = new TextDecoder().decode(bytes.subarray(0, read));
    return from === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return "";
    throw fileError("read", path, thrown);
  }
}

function entryOf(line: string) {
  const text = (value: unknown) => typeof value === "string" ? value : "";
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    // A line that was cut off, or not ours.
  }
  const { level, time, message }: { level?: unknown; time?: unknown; message?: unknown } =
    typeof value === "object" && value !== null ? value : {};
  return { level: text(level), time: text(time), message: text(message) };
}
