import { type ErrorKind, PipelineError } from "../errors.ts";

/** One interval's trading; it ends one interval after it opens. */
export interface Candle {
  /** Epoch milliseconds. */
  readonly openMs: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** In the base currency; 0 when nobody traded. */
  readonly volume: number;
}

/**
 * Returns the candle when it can be one: prices finite and above zero, low ≤ open, close ≤ high,
 * opening time on the grid of its interval. Else throws `kind`, naming `source` (a venue or
 * file:line), the time, the column and the value.
 */
export function checkCandle(
  candle: Candle,
  intervalMs: number,
  source: string,
  kind: ErrorKind,
): Candle {
  const fault = faultOf(candle, intervalMs);
  if (fault === undefined) return candle;
  throw new PipelineError(
    kind,
    `Cannot use a candle: ${source} ${timeText(candle.openMs)} ${fault}`,
  );
}

/** Some venues still change a candle when its interval is over (modelling 2.7). */
const SETTLING_MS = 60_000;

/** Whether a candle has ended by `nowMs`, and long enough ago to be the venue's last word. */
export function isFinal(openMs: number, intervalMs: number, nowMs: number): boolean {
  return nowMs >= openMs + intervalMs + SETTLING_MS;
}

/** Whether two candles of one time are a repetition, not a contradiction. */
export function isSameCandle(a: Candle, b: Candle): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close &&
    a.volume === b.volume;
}

/** A plain decimal number, or undefined: no blanks, hexadecimal, NaN or Infinity. */
export function numberFrom(text: string): number | undefined {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** An epoch time for a message: RFC 3339 where it has one. */
export function timeText(ms: number): string {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}

function faultOf(candle: Candle, intervalMs: number): string | undefined {
  const { openMs, open, high, low, close, volume } = candle;
  if (!Number.isSafeInteger(openMs)) return "has no opening time";
  for (const [column, price] of Object.entries({ open, high, low, close })) {
    if (!(price > 0 && price < Infinity)) return `${column} is ${price}, not a price`;
  }
  if (!(volume >= 0 && volume < Infinity)) return `volume is ${volume}`;
  if (low > Math.min(open, close)) return `low is ${low}, above open ${open} or close ${close}`;
  if (high < Math.max(open, close)) return `high is ${high}, below open ${open} or close ${close}`;
  if (openMs % intervalMs !== 0) return `opens off the grid of ${intervalMs / 60_000} min`;
  return undefined;
}
