import type { Member, Said } from "./combination.ts";
import { type Fitted, fitting, said } from "./fit.ts";
import type { Problem } from "./problem.ts";
import { candlesIn } from "./series.ts";
import type { Trees } from "./trees.ts";

/** One refit and the rows it forecasts. */
export interface Fold {
  /** Rows from … to − 1 are forecast by this fold. */
  readonly from: number;
  readonly to: number;
  /** Rows below this one had their label before the fold began: all that it may learn from. */
  readonly known: number;
  readonly fitted: Fitted;
}

/** Forecasts that each fold made for rows whose outcome it could not know. */
export interface WalkForward {
  readonly problem: Problem;
  /** Oldest first. The last is the live one: it knows every label and forecasts no row. */
  readonly folds: readonly Fold[];
  /** First row that was forecast. */
  readonly first: number;
  /** What each member said, unshrunk; of fitted members NaN before `first`. */
  readonly said: Said & { readonly ridge: Float64Array; readonly mean: Float64Array };
}

export interface WalkForwardOptions {
  /** Whether trees are grown too: they take most of the time. */
  readonly withTrees?: boolean;
  /** Learn from every n-th row only: neighbours' labels overlap and say nearly the same. */
  readonly learnFrom?: (row: number) => boolean;
  /** Candles between the last label learnt from and the first forecast, the horizon unless told. */
  readonly purge?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

const REFIT_DAYS = 30;
/** Each refit learns from all the past: without a limit a long history would cost its square. */
const MOST_REFITS = 100;
/** Trees take a hundred times as long as the ridge, and change as slowly: every third fold is enough. */
const REGROW_FOLDS = 3;
const FIRST_TRAINING_DAYS = 730;

/** Work done so far, and all of it. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/**
 * Expanding walk-forward: training starts with two years (half the rows' span when there is less),
 * and every 30 days (a hundredth of the rest when that is longer) the members are refitted on all
 * labels that ended before the fold began.
 */
export function walkForward(problem: Problem, options: WalkForwardOptions = {}): WalkForward {
  return finish(foldByFold(problem, options), options.onProgress);
}

/** Does all the steps of a piece of work at once. */
export function finish<T>(
  steps: Generator<Progress, T>,
  onProgress?: (done: number, total: number) => void,
): T {
  for (let step = steps.next();; step = steps.next()) {
    if (step.done) return step.value;
    onProgress?.(step.value.done, step.value.total);
  }
}

/** The same, stopping after each fold, so that a process that has other things to do can do them. */
export function* foldByFold(
  problem: Problem,
  options: Omit<WalkForwardOptions, "onProgress"> = {},
): Generator<Progress, WalkForward> {
  const { candles, ewma, persistence } = problem;
  const purge = options.purge ?? problem.horizon;
  const rowAt = (candle: number) => lowerBound(candles, candle);
  const fitOn = fitting(problem, options.learnFrom ?? (() => true));
  const starts = foldStarts(problem);
  const column = () => new Float64Array(candles.length).fill(NaN);
  let trees: Trees | null = null;
  const columns: Partial<Record<Member, Float64Array>> = {};

  const folds: Fold[] = [];
  for (const [i, start] of starts.entries()) {
    const from = rowAt(start);
    const to = rowAt(starts[i + 1] ?? Infinity);
    const known = rowAt(start - purge);
    const isLive = i === starts.length - 1;
    const isGrown = options.withTrees === true && (isLive || i % REGROW_FOLDS === 0);
    const fresh = fitOn(known, isGrown);
    trees = fresh.trees ?? trees;
    const fitted: Fitted = { ...fresh, trees };
    for (let row = from; row < to; row++) {
      for (const [member, value] of said(fitted, problem, row)) {
        (columns[member] ??= column())[row] = value;
      }
    }
    folds.push({ from, to, known, fitted });
    yield { done: i + 1, total: starts.length };
  }
  const { ridge = column(), mean = column() } = columns;
  return {
    problem,
    folds,
    first: folds[0]!.from,
    said: { ...columns, ridge, mean, ewma, persistence },
  };
}

/** First candle of each fold; the last "start" is the candle that has not come yet. */
function foldStarts({ candles, horizon, length, intervalMs }: Problem): number[] {
  const days = (count: number) => candlesIn(24 * count, intervalMs);
  const begin = candles[0]!;
  const training = Math.min(
    days(FIRST_TRAINING_DAYS),
    Math.floor((length - horizon - begin) / 2),
  );
  const first = begin + training;
  const step = Math.max(days(REFIT_DAYS), Math.ceil((length - first) / MOST_REFITS));
  const starts: number[] = [];
  for (let start = first; start < length; start += step) starts.push(start);
  return [...starts, length];
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
