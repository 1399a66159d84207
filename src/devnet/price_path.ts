import { type CandleColumns, PACKAGED_INTERVAL_MS } from "./packaged_candles.ts";

export const MINUTE_MS = 60_000;
/** A third of an hour. */
const LEG_MINUTES = 20;

interface Prices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/**
 * The packaged hour, whole when it has ended. While it runs the price moves from the open by the low
 * and the high (in that order in rising hours, the other way in falling ones) to the close, a third of
 * the hour for each leg, so that an open candle shows the high, low and volume so far.
 */
export function hourAt(columns: CandleColumns, row: number, nowMs: number): Prices {
  const [open, high, low, close, volume] = [
    columns.open[row]!,
    columns.high[row]!,
    columns.low[row]!,
    columns.close[row]!,
    columns.volume[row]!,
  ];
  const minutes = (nowMs - columns.openMs[row]!) / MINUTE_MS;
  if (minutes >= 3 * LEG_MINUTES) return { open, high, low, close, volume };
  const price = priceAfter(columns, row, minutes);
  const passed = stopsOf(columns, row).slice(0, Math.floor(minutes / LEG_MINUTES) + 1);
  return {
    open,
    high: Math.max(...passed, price),
    low: Math.min(...passed, price),
    close: price,
    volume: volume * minutes / (3 * LEG_MINUTES),
  };
}

/**
 * The minute of the packaged hour that opens `minute` (0 … 59) minutes after it, up to now: the hour's
 * path cut into sixty, so that they add up to the hour.
 */
export function minuteAt(
  columns: CandleColumns,
  row: number,
  minute: number,
  nowMs: number,
): Prices {
  const seen = Math.min(1, (nowMs - columns.openMs[row]!) / MINUTE_MS - minute);
  // The path turns between two minutes, never within one.
  const open = priceAfter(columns, row, minute);
  const close = priceAfter(columns, row, minute + seen);
  const volume = columns.volume[row]! * seen / (3 * LEG_MINUTES);
  return { open, high: Math.max(open, close), low: Math.min(open, close), close, volume };
}

/** The price so many minutes (0 … 60) into the packaged hour. */
export function priceAfter(columns: CandleColumns, row: number, minutes: number): number {
  const stops = stopsOf(columns, row);
  const leg = Math.floor(minutes / LEG_MINUTES);
  const [from, to] = [stops[leg]!, stops[leg + 1]];
  return to === undefined
    ? from
    : Number((from + (to - from) * (minutes / LEG_MINUTES - leg)).toFixed(2));
}

function stopsOf({ open, high, low, close }: CandleColumns, row: number): readonly number[] {
  const [first, last] = [open[row]!, close[row]!];
  return last >= first
    ? [first, low[row]!, high[row]!, last]
    : [first, high[row]!, low[row]!, last];
}

/** First row that opened at `timeMs` or later, by bisection. */
export function firstRowFrom(openMs: Float64Array, timeMs: number): number {
  let [low, high] = [0, openMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (openMs[middle]! < timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Row of the hour that holds `timeMs`, undefined where the market missed it. */
export function rowAt({ openMs }: CandleColumns, timeMs: number): number | undefined {
  const row = firstRowFrom(openMs, timeMs - PACKAGED_INTERVAL_MS + 1);
  return (openMs[row] ?? Infinity) <= timeMs ? row : undefined;
}
