import type { TopicTarget } from "./chain_types.ts";
import {
  type CandleColumns,
  isPackaged,
  PACKAGED_INTERVAL_MS,
  packagedCandles,
} from "./packaged_candles.ts";
import { firstRowFrom, MINUTE_MS, priceAfter, rowAt } from "./price_path.ts";

/** Hours of returns behind the deviation that parts down, neutral and up; a month. */
const DEVIATION_CANDLES = 720;
/** Distance of the two barriers from the base price, in deviations over the horizon. */
const BARRIER = 1;

/** Close of the last candle of `pair` that had ended by `timeMs`; undefined before the first. */
export function priceAt(pair: string, timeMs: number): number | undefined {
  if (!isPackaged(pair)) return undefined;
  const columns = packagedCandles(pair);
  return columns.close[rowEndedBy(columns, timeMs)];
}

/**
 * What the reputers report for a nonce: from the price at its block's time, floored to the minute, to
 * the price a horizon later, a price being the close of the candle that had just ended. The natural
 * log-return, the price itself (of the minute that had just ended), the realised volatility √Σr² over the horizon, or the barrier
 * that was touched first (−1, 0, 1). Undefined where one of the candles is missing, as over the market's real gaps.
 */
export function truthOf(
  { kind, pair, horizonMs }: TopicTarget,
  nonceMs: number,
): { value: number } | undefined {
  if (!isPackaged(pair)) return undefined;
  const columns = packagedCandles(pair);
  const baseMs = Math.floor(nonceMs / MINUTE_MS) * MINUTE_MS;
  if (kind === "price") return minutePrice(columns, baseMs + horizonMs);
  const base = rowEndedAt(columns, baseMs);
  const end = rowEndedAt(columns, baseMs + horizonMs);
  if (base === undefined || end === undefined) return undefined;
  const { close } = columns;
  const logReturn = Math.log(close[end]! / close[base]!);
  switch (kind) {
    case "log-return":
      return { value: logReturn };
    case "volatility": {
      const isWhole = (end - base) * PACKAGED_INTERVAL_MS === horizonMs;
      return isWhole ? { value: Math.sqrt(sumOfSquares(close, base, end)) } : undefined;
    }
    case "labels": {
      const from = Math.max(0, base - DEVIATION_CANDLES);
      const perCandle = sumOfSquares(close, from, base) / Math.max(1, base - from);
      const barrier = BARRIER * Math.sqrt(perCandle * horizonMs / PACKAGED_INTERVAL_MS);
      return { value: firstTouched(columns, base, end, barrier) };
    }
  }
}

/** Close of the minute that had just ended at `timeMs`. */
function minutePrice(columns: CandleColumns, timeMs: number): { value: number } | undefined {
  const row = rowAt(columns, timeMs - MINUTE_MS);
  if (row === undefined) return undefined;
  return { value: priceAfter(columns, row, (timeMs - columns.openMs[row]!) / MINUTE_MS) };
}

/**
 * Which of the barriers the candles after `base` touch first: 1 the upper one, −1 the lower one, 0 none
 * by `end`. A candle that touches both is counted for the one that its open is nearer to.
 */
function firstTouched(
  { open, high, low, close }: CandleColumns,
  base: number,
  end: number,
  barrier: number,
): -1 | 0 | 1 {
  const from = (price: number) => Math.log(price / close[base]!);
  for (let row = base + 1; row <= end; row++) {
    const touched = [from(low[row]!) <= -barrier, from(high[row]!) >= barrier];
    if (touched[0] && touched[1]) return from(open[row]!) < 0 ? -1 : 1;
    if (touched[0]) return -1;
    if (touched[1]) return 1;
  }
  return 0;
}

function sumOfSquares(close: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from + 1; i <= to; i++) sum += Math.log(close[i]! / close[i - 1]!) ** 2;
  return sum;
}

/** Row of the candle that had just ended at `timeMs`, if the market has it. */
function rowEndedAt(columns: CandleColumns, timeMs: number): number | undefined {
  const row = rowEndedBy(columns, timeMs);
  const endMs = (columns.openMs[row] ?? -Infinity) + PACKAGED_INTERVAL_MS;
  return timeMs - endMs < PACKAGED_INTERVAL_MS ? row : undefined;
}

/** Row of the last candle that had ended by `timeMs`, −1 if none. */
function rowEndedBy({ openMs }: CandleColumns, timeMs: number): number {
  return firstRowFrom(openMs, timeMs - PACKAGED_INTERVAL_MS + 1) - 1;
}
