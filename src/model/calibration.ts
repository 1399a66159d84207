import { quantileSorted } from "simple-statistics";
import { classOf, frequencies, type Probabilities } from "./labels.ts";
import { candlesIn, DAY_MS, HOUR_MS } from "./series.ts";
import { LEAST_FACTOR, type Shrinkage, shrinkage } from "./shrinkage.ts";
import { DEFAULT_BARRIER, type ModelSpec } from "./spec.ts";
import type { Fold, WalkForward } from "./walk_forward.ts";

/** What resolved out-of-sample forecasts say about the next one. */
export interface Calibration extends Shrinkage {
  /** What forecasts are shrunk towards: 0 for returns, the mean log volatility so far otherwise. */
  readonly reference: number;
  /** Quantiles of |truth − forecast| / scale over the last year of resolved forecasts. */
  readonly quantile80: number;
  readonly quantile90: number;
  /** Mean of exp(truth − forecast) over that year: turns exp(forecast) into a mean (Duan 1983). */
  readonly smear: number;
  /** Frequencies of the classes over that year, and the normal distribution's share in the blend. */
  readonly frequencies: Probabilities;
  readonly weight: number;
}

/** What was forecast for the rows so far, and the normal class probabilities (rows × 3) of labels. */
export interface Made {
  readonly point: Float64Array;
  readonly normal: Float64Array;
}

const CALIBRATION_DAYS = 365;
const UNSHRUNK: Shrinkage = { factor: 1, slope: 1, slopeError: 0 };

/**
 * Length of the blocks within which overlapping forecasts count as dependent: 28 days for a week
 * ahead, 14 for a day, 7 for 8 hours, 3 below; four horizons where that is longer.
 */
export function blockMs(horizonMs: number): number {
  const hours = horizonMs / HOUR_MS;
  const days = hours >= 168 ? 28 : hours >= 24 ? 14 : hours >= 8 ? 7 : 3;
  return Math.max(days * DAY_MS, 4 * horizonMs);
}

/** Calibrates with the rows that `fold` knows, and nothing later. */
export function calibrate(
  walk: WalkForward,
  fold: Fold,
  spec: ModelSpec,
  made: Made,
): Calibration {
  const { truth, scale, candles, intervalMs } = walk.problem;
  const known = Int32Array.from({ length: fold.known }, (_, row) => row)
    .filter((row) => !Number.isNaN(truth[row]!));
  const since = (candles[fold.known - 1] ?? 0) - candlesIn(24 * CALIBRATION_DAYS, intervalMs);
  const year = Array.from(known.filter((row) => candles[row]! > since));
  const errors = year.map((row) => truth[row]! - made.point[row]!);
  const scores = Float64Array.from(errors, (error, i) => Math.abs(error) / scale[year[i]!]!).sort();
  const barrier = spec.barrier ?? DEFAULT_BARRIER;
  const base = frequencies(year.map((row) => classOf(truth[row]! / scale[row]!, barrier)));
  const judged = known.filter((row) => row >= walk.first);
  return {
    ...(spec.learner === "auto" ? amplitude(walk, judged, spec) : UNSHRUNK),
    reference: spec.target === "volatility" ? fold.mean : 0,
    quantile80: conformalQuantile(scores, 0.8),
    quantile90: conformalQuantile(scores, 0.9),
    smear: errors.reduce((sum, error) => sum + Math.exp(error), 0) / Math.max(1, errors.length),
    frequencies: base,
    weight: spec.target === "labels" ? normalShare(walk, judged, spec, made.normal, base) : 1,
  };
}

/** The factor for the ridge's deviations from the reference. */
function amplitude(walk: WalkForward, judged: Int32Array, spec: ModelSpec): Shrinkage {
  const { problem: { truth, scale }, ridge, mean } = walk;
  const isVolatility = spec.target === "volatility";
  const deviation = (values: Float64Array) =>
    Float64Array.from(
      judged,
      (row) => (values[row]! - (isVolatility ? mean[row]! : 0)) / scale[row]!,
    );
  // Volatility is known to be forecastable; returns are not believed to be until shown otherwise.
  const prior = isVolatility ? 1 : LEAST_FACTOR;
  return shrinkage(deviation(ridge), deviation(truth), blocksOf(walk, judged, spec), prior);
}

/** The normal distribution's share: the same rule, on its deviations from the class frequencies. */
function normalShare(
  walk: WalkForward,
  judged: Int32Array,
  spec: ModelSpec,
  normal: Float64Array,
  base: Probabilities,
): number {
  const { truth, scale } = walk.problem;
  const barrier = spec.barrier ?? DEFAULT_BARRIER;
  const rowBlocks = blocksOf(walk, judged, spec);
  const cells = 3 * judged.length;
  const forecast = new Float64Array(cells);
  const outcome = new Float64Array(cells);
  const blocks = new Int32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const row = judged[Math.floor(cell / 3)]!;
    const label = cell % 3;
    const came = classOf(truth[row]! / scale[row]!, barrier) + 1;
    forecast[cell] = normal[3 * row + label]! - base[label]!;
    outcome[cell] = (label === came ? 1 : 0) - base[label]!;
    blocks[cell] = rowBlocks[Math.floor(cell / 3)]!;
  }
  return shrinkage(forecast, outcome, blocks, LEAST_FACTOR).factor;
}

function blocksOf({ problem }: WalkForward, rows: Int32Array, spec: ModelSpec): Int32Array {
  const candlesPerBlock = blockMs(spec.horizonMs) / problem.intervalMs;
  return rows.map((row) => Math.floor(problem.candles[row]! / candlesPerBlock));
}

/**
 * The score that a share `level` of exchangeable scores stays below, with the finite-sample correction
 * of split conformal prediction (Vovk et al. 2005). NaN without scores.
 */
function conformalQuantile(sorted: Float64Array, level: number): number {
  const n = sorted.length;
  return n === 0 ? NaN : quantileSorted(Array.from(sorted), Math.min(1, level * (n + 1) / n));
}
