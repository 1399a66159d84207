import { gunzipSync } from "node:zlib";
import btc from "./candles/btcusd_1h.csv.gz" with { type: "bytes" };
import eth from "./candles/ethusd_1h.csv.gz" with { type: "bytes" };

/** The pairs that are packaged, as topics name them. */
export type PackagedPair = "BTC/USD" | "ETH/USD";

/** Candles as columns, ascending by open time; where the market was silent, rows are missing. */
export interface CandleColumns {
  readonly openMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  /** In the base currency. */
  readonly volume: Float64Array;
}

export const PACKAGED_INTERVAL_MS = 3_600_000;

const FILES: Readonly<Record<PackagedPair, Uint8Array>> = { "BTC/USD": btc, "ETH/USD": eth };
const parsed = new Map<PackagedPair, CandleColumns>();

/** Whether candles of `pair` are packaged. */
export function isPackaged(pair: string): pair is PackagedPair {
  return Object.hasOwn(FILES, pair);
}

/** The packaged hourly candles of `pair` (candles/README.md), unpacked once, at first use. */
export function packagedCandles(pair: PackagedPair): CandleColumns {
  let columns = parsed.get(pair);
  if (columns === undefined) parsed.set(pair, columns = parse(gunzipSync(FILES[pair])));
  return columns;
}

const [ZERO, POINT, COMMA, NEWLINE] = [48, 46, 44, 10];
/** "2017-08-17T04:00:00Z,": what stands before the first number of a row. */
const TIME_LENGTH = 20;

/**
 * The columns of a packaged file, straight from its bytes: splitting 64,524 lines into strings would
 * take several times as long. A number has at most 11 digits, so digits / 10^places is the nearest
 * double.
 */
function parse(bytes: Uint8Array): CandleColumns {
  const start = bytes.indexOf(NEWLINE) + 1;
  let rows = 0;
  for (let at = start; at < bytes.length; at++) if (bytes[at] === NEWLINE) rows++;
  const [open, high, low, close, volume] = [0, 0, 0, 0, 0].map(() => new Float64Array(rows));
  const columns = { open: open!, high: high!, low: low!, close: close!, volume: volume! };
  const numbers = Object.values(columns);
  const openMs = new Float64Array(rows);

  let at = start;
  for (let row = 0; row < rows; row++) {
    openMs[row] = timeAt(bytes, at);
    at += TIME_LENGTH;
    for (const column of numbers) {
      let digits = 0;
      let scale = 0;
      for (at++; bytes[at] !== COMMA && bytes[at] !== NEWLINE; at++) {
        const byte = bytes[at]!;
        if (byte === POINT) scale = 1;
        else {
          digits = digits * 10 + byte - ZERO;
          scale *= 10;
        }
      }
      column[row] = scale === 0 ? digits : digits / scale;
    }
    at++;
  }
  return { openMs, ...columns };
}

function timeAt(bytes: Uint8Array, at: number): number {
  const two = (offset: number) => bytes[at + offset]! * 10 + bytes[at + offset + 1]! - 11 * ZERO;
  return Date.UTC(two(0) * 100 + two(2), two(5) - 1, two(8), two(11));
}
