import { PipelineError } from "../errors.ts";

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

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** How many candles of `intervalMs` cover `hours`, at least one. */
export function candlesIn(hours: number, intervalMs: number): number {
  return Math.max(1, Math.round((hours * HOUR_MS) / intervalMs));
}

/** When candle i ends, epoch milliseconds: the moment its close is known. */
export function endMs(series: Series, candle: number): number {
  return series.startMs + (candle + 1) * series.intervalMs;
}

/** A view of the last `count` candles (of all, when there are fewer); nothing is copied. */
export function tail(series: Series, count: number): Series {
  const from = Math.max(0, series.close.length - count);
  return {
    startMs: series.startMs + from * series.intervalMs,
    intervalMs: series.intervalMs,
    open: series.open.subarray(from),
    high: series.high.subarray(from),
    low: series.low.subarray(from),
    close: series.close.subarray(from),
    volume: series.volume.subarray(from),
    real: series.real.subarray(from),
  };
}

/** Throws "invalid" when a column is short or a candle cannot be a price. */
export function checkSeries(series: Series): void {
  const { close, high, low, volume, real, open } = series;
  for (const [name, column] of Object.entries({ open, high, low, volume, real })) {
    if (column.length !== close.length) {
      throw new PipelineError(
        "invalid",
        `Cannot use the candles: ${name} has ${column.length} values and close has ${close.length}`,
      );
    }
  }
  for (let i = 0; i < close.length; i++) {
    const isPrice = low[i]! > 0 && high[i]! >= low[i]! && high[i]! < Infinity &&
      close[i]! > 0 && close[i]! < Infinity && volume[i]! >= 0 && volume[i]! < Infinity;
    if (!isPrice) {
      const at = new Date(series.startMs + i * series.intervalMs).toISOString();
      throw new PipelineError(
        "invalid",
        `Cannot use the candle of ${at}: high ${high[i]}, low ${low[i]}, close ${close[i]}, ` +
          `volume ${volume[i]} is not a candle`,
        { hint: "fetch the candle again, or delete it from the local store" },
      );
    }
  }
}
