import { messageOf, PipelineError } from "../../errors.ts";
import { type Candle, checkCandle, isFinal, isSameCandle, numberFrom } from "../candle.ts";
import { epochMsOf } from "../rfc3339.ts";
import type { CandleQuery, Venue } from "../venue.ts";

const COLUMNS = ["timestamp", "open", "high", "low", "close", "volume"] as const;

/**
 * Candles of one pair in a CSV file, plain or gzipped, with the header
 * `timestamp,open,high,low,close,volume` (columns in any order, others are passed over). A timestamp
 * is the opening time: RFC 3339 with its zone, or epoch seconds or milliseconds. Rows may ascend or
 * descend; a repeated row counts once. The file is read again when it has changed.
 */
export function csv(path: string): Venue {
  let cached: { readonly stamp: string; readonly candles: readonly Candle[] } | undefined;

  async function candles(query: CandleQuery): Promise<readonly Candle[]> {
    const { intervalMs, fromMs, toMs, nowMs } = query;
    const stamp = await stampOf(path, intervalMs);
    if (cached?.stamp !== stamp) {
      cached = { stamp, candles: parseCandles(await textOf(path), path, intervalMs) };
    }
    return cached.candles.filter(({ openMs }) =>
      openMs >= fromMs && openMs < toMs && isFinal(openMs, intervalMs, nowMs)
    );
  }

  return { name: `csv:${path}`, candles };
}

/** The candles in `text`, oldest first; throws "invalid" naming path:line, the column and its value. */
export function parseCandles(text: string, path: string, intervalMs: number): readonly Candle[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const header = (lines[0] ?? "").split(",").map((name) => name.trim().toLowerCase());
  const positions = COLUMNS.map((name) => header.indexOf(name));
  const missing = COLUMNS.find((_, i) => positions[i] === -1);
  if (missing !== undefined) throw malformed(path, 1, `column ${missing} is missing`);
  const candles: Candle[] = [];
  let direction = 0;
  for (let i = 1; i < lines.length; i++) {
    if (lines[i] === "") continue;
    const where = `${path}:${i + 1}`;
    const candle = candleOf(lines[i] ?? "", header.length, positions, where);
    checkCandle(candle, intervalMs, where, "invalid");
    const last = candles.at(-1);
    const step = last === undefined ? 0 : Math.sign(candle.openMs - last.openMs);
    if (last !== undefined && step === 0) {
      if (isSameCandle(candle, last)) continue;
      throw malformed(path, i + 1, `timestamp is ${lines[i]}, as before with other values`);
    }
    direction ||= step;
    if (step !== direction) {
      throw malformed(path, i + 1, `timestamp is ${lines[i]}, out of order`);
    }
    candles.push(candle);
  }
  return direction < 0 ? candles.reverse() : candles;
}

function candleOf(
  line: string,
  width: number,
  positions: readonly number[],
  where: string,
): Candle {
  const cells = line.split(",");
  if (cells.length !== width) {
    throw malformed(where, undefined, `the line has ${cells.length} columns, not ${width}`);
  }
  const values = positions.map((position, i) => {
    const cell = (cells[position] ?? "").trim();
    const value = i === 0 ? timeFrom(cell) : numberFrom(cell);
    if (value === undefined) throw malformed(where, undefined, `${COLUMNS[i]} is "${cell}"`);
    return value;
  });
  const [openMs = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = values;
  return { openMs, open, high, low, close, volume };
}

/** A number beyond this is in milliseconds: as seconds it would be in the year 5138. */
const FIRST_MS = 1e11;
/** Epoch milliseconds; undefined for a time without a zone, which would be a guess. */
function timeFrom(cell: string): number | undefined {
  if (/^\d+$/.test(cell)) return Number(cell) < FIRST_MS ? Number(cell) * 1000 : Number(cell);
  return epochMsOf(cell);
}

async function stampOf(path: string, intervalMs: number): Promise<string> {
  const { mtime, size } = await Deno.stat(path).catch((thrown) => {
    throw unreadable(path, thrown);
  });
  return `${mtime?.getTime()} ${size} ${intervalMs}`;
}

async function textOf(path: string): Promise<string> {
  try {
    let bytes = await Deno.readFile(path);
    if (path.endsWith(".gz")) {
      const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
      bytes = await new Response(plain).bytes();
    }
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw unreadable(path, thrown);
  }
}

function unreadable(path: string, thrown: unknown): PipelineError {
  const kind = thrown instanceof Deno.errors.PermissionDenied
    ? "denied"
    : thrown instanceof TypeError
    ? "invalid" // not gzip, cut short, or not UTF-8
    : "config";
  return new PipelineError(kind, `Cannot read candles: ${path}: ${messageOf(thrown)}`, {
    cause: thrown,
    hint: "check the path in ALLORA_VENUES and the file's mode",
  });
}

function malformed(path: string, line: number | undefined, what: string): PipelineError {
  const where = line === undefined ? path : `${path}:${line}`;
  return new PipelineError("invalid", `Cannot read candles: ${where}: ${what}`, {
    hint: `the header is ${COLUMNS.join(",")}; times are RFC 3339 with a zone, or epoch s or ms`,
  });
}
