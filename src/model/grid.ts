import { PipelineError } from "../errors.ts";
import { candlesIn, checkSeries, endMs, HOUR_MS, type Series } from "./series.ts";
import { warmUp } from "./problem.ts";
import { horizonCandles, type ModelSpec } from "./spec.ts";

// More rows would add seconds and memory, not knowledge: neighbours say nearly the same.
const MOST_JUDGED = 100_000;
const MOST_LEARNT = 40_000;
// Less history than any of these fits nothing that could be judged afterwards.
const LEAST_ROWS = 200;
const LEAST_DAYS = 60;
const LEAST_HORIZONS = 20;

/** Candles between the rows that are judged: one, unless that makes too many. */
export function judgingStep(series: Series): number {
  return Math.ceil(series.close.length / MOST_JUDGED);
}

/** Candles between the rows that are learnt from: a twelfth of the horizon, 4 h at most. */
export function learningStep(series: Series, spec: ModelSpec): number {
  const step = Math.floor(Math.min(spec.horizonMs / 12, 4 * HOUR_MS) / series.intervalMs);
  const least = Math.max(1, step, Math.ceil(series.close.length / MOST_LEARNT));
  const judging = judgingStep(series);
  return Math.ceil(least / judging) * judging;
}

/**
 * The real candles from the warm-up on whose end is a multiple of `step` candles on the clock, so that
 * the same moments are chosen wherever the series begins. A filled candle is never a base.
 */
export function baseCandles(series: Series, spec: ModelSpec, step: number): Int32Array {
  const chosen: number[] = [];
  for (let t = warmUp(spec, series.intervalMs); t < series.close.length; t++) {
    if (series.real[t] === 1 && isOnStep(series, t, step)) chosen.push(t);
  }
  return Int32Array.from(chosen);
}

/** Whether candle t ends on a multiple of `step` candles since the epoch. */
export function isOnStep(series: Series, t: number, step: number): boolean {
  return Math.round(endMs(series, t) / series.intervalMs) % step === 0;
}

/** Throws "invalid" saying what is missing when the series is too short to learn and to judge from. */
export function requireHistory(series: Series, spec: ModelSpec): void {
  checkSeries(series);
  const { intervalMs } = series;
  const horizon = horizonCandles(spec, intervalMs);
  const warm = warmUp(spec, intervalMs);
  const learning = Math.max(
    candlesIn(24 * LEAST_DAYS, intervalMs),
    LEAST_HORIZONS * horizon,
    LEAST_ROWS * learningStep(series, spec),
  );
  const needed = warm + learning + horizon;
  const found = series.real.reduce((sum, real) => sum + real, 0);
  if (found < needed) {
    const hours = (candles: number) => `${(candles * intervalMs) / HOUR_MS} h`;
    throw new PipelineError(
      "invalid",
      `Cannot train ${
        hours(horizon)
      } ahead: ${found} candles is less than the ${needed} it takes ` +
        `(${hours(warm)} of warm-up, ${hours(learning)} to learn from, one horizon)`,
      { hint: `fetch ${needed - found} more candles of history` },
    );
  }
  if (series.close.every((close) => close === series.close[0])) {
    throw new PipelineError("invalid", `Cannot train: all ${found} closes are ${series.close[0]}`);
  }
}
