import { PipelineError } from "../errors.ts";
import type { Candle } from "./candle.ts";

/** Candles of one pair on a regular grid, oldest first; every column has the same length. */
export interface Series {
  /** Opening time of candle 0, epoch milliseconds; candle i opens at startMs + i·intervalMs. */
  readonly startMs: number;
  readonly intervalMs: number;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
  /** 1 where the venue had a candle; 0 where the last close was carried forward over a gap. */
  readonly real: Uint8Array;
}

/** Puts checked candles, oldest first, on their grid; throws "unavailable" when there are none. */
export function seriesOf(candles: readonly Candle[], intervalMs: number): Series {
  return seriesOfRows(
    candles.map((c) => [c.openMs, c.open, c.high, c.low, c.close, c.volume]),
    intervalMs,
  );
}

/**
 * The same from rows of [openMs, open, high, low, close, volume]. A gap is filled with candles whose
 * prices are the last close and whose volume is 0; the first and the last candle are real ones.
 */
export function seriesOfRows(rows: readonly (readonly number[])[], intervalMs: number): Series {
  const [startMs, lastMs] = [rows[0]?.[0], rows.at(-1)?.[0]];
  if (startMs === undefined || lastMs === undefined) {
    throw new PipelineError("unavailable", "Cannot build a series: there are no candles", {
      hint: "check the pair and the venues",
    });
  }
  const series = emptySeries(startMs, Math.max(0, (lastMs - startMs) / intervalMs + 1), intervalMs);
  let next = 0;
  for (const [openMs = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] of rows) {
    const at = (openMs - startMs) / intervalMs;
    if (!Number.isInteger(at) || at < next || at >= series.close.length) {
      throw new PipelineError(
        "internal",
        `Cannot build a series: the candle at ${openMs} is out of order or off the grid`,
      );
    }
    if (at > next) carryForward(series, next, at);
    series.open[at] = open;
    series.high[at] = high;
    series.low[at] = low;
    series.close[at] = close;
    series.volume[at] = volume;
    series.real[at] = 1;
    next = at + 1;
  }
  return series;
}

/** A view of the candles that have ended by `endMs`, perhaps none; nothing is copied. */
export function sliceUntil(series: Series, endMs: number): Series {
  const ended = Math.floor((endMs - series.startMs) / series.intervalMs);
  const count = Math.min(Math.max(ended, 0), series.close.length);
  return {
    startMs: series.startMs,
    intervalMs: series.intervalMs,
    open: series.open.subarray(0, count),
    high: series.high.subarray(0, count),
    low: series.low.subarray(0, count),
    close: series.close.subarray(0, count),
    volume: series.volume.subarray(0, count),
    real: series.real.subarray(0, count),
  };
}

function emptySeries(startMs: number, length: number, intervalMs: number): Series {
  const column = () => new Float64Array(length);
  return {
    ...{ startMs, intervalMs, open: column(), high: column(), low: column(), close: column() },
    ...{ volume: column(), real: new Uint8Array(length) },
  };
}

function carryForward({ open, high, low, close }: Series, from: number, to: number): void {
  const last = close[from - 1] ?? NaN;
  for (const prices of [open, high, low, close]) prices.fill(last, from, to);
}
