import { applyRidge, fitStandardRidge, type StandardRidge } from "./linear.ts";
import type { Problem } from "./problem.ts";
import { candlesIn } from "./series.ts";

/** One refit and the rows it forecasts. */
export interface Fold {
  /** Rows from … to − 1 are forecast by this fold. */
  readonly from: number;
  readonly to: number;
  /** Rows below this one had their label before the fold began: all that it may learn from. */
  readonly known: number;
  readonly ridge: StandardRidge;
  /** Mean of the known truths. */
  readonly mean: number;
}

/** Forecasts that each fold made for rows whose outcome it could not know. */
export interface WalkForward {
  readonly problem: Problem;
  /** Oldest first. The last is the live one: it knows every label and forecasts no row. */
  readonly folds: readonly Fold[];
  /** First row that was forecast. */
  readonly first: number;
  /** NaN before `first`. */
  readonly ridge: Float64Array;
  readonly mean: Float64Array;
}

export interface WalkForwardOptions {
  /** Learn from every n-th row only: neighbours' labels overlap and say nearly the same. */
  readonly learnFrom?: (row: number) => boolean;
  /** Candles between the last label learnt from and the first forecast, the horizon unless told. */
  readonly purge?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const REFIT_DAYS = 30;
const FIRST_TRAINING_DAYS = 730;

/**
 * Expanding walk-forward: training starts with two years (half the rows' span when there is less),
 * and every 30 days the ridge is refitted on all labels that ended before the fold began.
 */
export function walkForward(
  problem: Problem,
  options: WalkForwardOptions = {},
): WalkForward {
  const { candles, truth } = problem;
  const purge = options.purge ?? problem.horizon;
  const rows = candles.length;
  const rowAt = (candle: number) => lowerBound(candles, candle);
  const knownAt = (candle: number) => rowAt(candle - purge);
  const training = trainingTable(problem, options.learnFrom ?? (() => true));
  const ridge = new Float64Array(rows).fill(NaN);
  const mean = new Float64Array(rows).fill(NaN);
  const starts = foldStarts(problem);

  const folds = starts.map((start, fold): Fold => {
    const from = rowAt(start);
    const to = rowAt(starts[fold + 1] ?? Infinity);
    const known = knownAt(start);
    const fit = training.fitOn(known);
    const average = meanOf(truth.subarray(0, known));
    for (let row = from; row < to; row++) {
      ridge[row] = applyRidge(fit, problem.x, row) * problem.scale[row]!;
      mean[row] = average;
    }
    options.onProgress?.(fold + 1, starts.length);
    return { from, to, known, ridge: fit, mean: average };
  });
  return { problem, folds, first: folds[0]!.from, ridge, mean };
}

/** First candle of each fold; the last "start" is the candle that has not come yet. */
function foldStarts({ candles, horizon, length, intervalMs }: Problem): number[] {
  const days = (count: number) => candlesIn(24 * count, intervalMs);
  const begin = candles[0]!;
  const training = Math.min(
    days(FIRST_TRAINING_DAYS),
    Math.floor((length - horizon - begin) / 2),
  );
  const starts: number[] = [];
  for (let start = begin + training; start < length; start += days(REFIT_DAYS)) starts.push(start);
  return [...starts, length];
}

/** The rows that may be learnt from, gathered once so that each fold's table is a prefix of it. */
function trainingTable(problem: Problem, learnFrom: (row: number) => boolean) {
  const { candles, truth, scale, clip, x, horizon, strengths } = problem;
  const columns = problem.features.length;
  const rows = Int32Array.from(candles.keys()).filter((row) =>
    !Number.isNaN(truth[row]!) && learnFrom(row)
  );
  const table = new Float64Array(rows.length * columns);
  const target = new Float64Array(rows.length);
  const bases = new Int32Array(rows.length);
  rows.forEach((row, i) => {
    table.set(x.subarray(row * columns, (row + 1) * columns), i * columns);
    target[i] = Math.max(-clip, Math.min(clip, truth[row]! / scale[row]!));
    bases[i] = candles[row]!;
  });
  return {
    /** Fits on the training rows among the first `known` rows of the problem. */
    fitOn(known: number): StandardRidge {
      const count = lowerBound(rows, known);
      return fitStandardRidge({
        x: table.subarray(0, count * columns),
        y: target.subarray(0, count),
        candles: bases,
        horizon,
        strengths,
      });
    },
  };
}

/** How many of the ascending `values` are below `limit`. */
function lowerBound(values: Int32Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!Number.isNaN(value)) {
      sum += value;
      count++;
    }
  }
  return count > 0 ? sum / count : 0;
}
