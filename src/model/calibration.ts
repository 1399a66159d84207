import type { Weights } from "./combination.ts";
import { blockMs } from "./blocks.ts";
import { adaptedLevel, conformalQuantile } from "./intervals.ts";
import { frequencies, type Probabilities } from "./labels.ts";
import { candlesIn } from "./series.ts";
import { LEAST_FACTOR, type Shrinkage, shrinkage } from "./shrinkage.ts";
import type { ModelSpec } from "./spec.ts";
import { referenceOf, type Weighing } from "./weighing.ts";
import type { Fold, WalkForward } from "./walk_forward.ts";

/** What resolved out-of-sample forecasts say about the next one. */
export interface Calibration extends Shrinkage {
  /** What each member counts for, the factor included. */
  readonly weights: Weights;
  /** What forecasts are shrunk towards: 0 for returns, the mean log volatility so far otherwise. */
  readonly reference: number;
  /** Quantiles of |truth − forecast| / scale over the last year of resolved forecasts. */
  readonly quantile80: number;
  readonly quantile90: number;
  /** Mean of exp(truth − forecast) over that year: turns exp(forecast) into a mean (Duan 1983). */
  readonly smear: number;
  /** Frequencies of the classes over that year, and the share of their tilted version in the blend. */
  readonly frequencies: Probabilities;
  readonly weight: number;
}

/** What was forecast for the rows so far. */
export interface Made {
  readonly point: Float64Array;
  readonly margin80: Float64Array;
  readonly margin90: Float64Array;
  /** Class probabilities before blending, rows × 3; empty unless the target is labels. */
  readonly tilted: Float64Array;
}

const CALIBRATION_DAYS = 365;

/** Calibrates with the rows that `fold` knows, and nothing later. */
export function calibrate(
  walk: WalkForward,
  fold: Fold,
  spec: ModelSpec,
  weighing: Weighing,
  made: Made,
): Calibration {
  const { truth, scale, candles, classes, intervalMs } = walk.problem;
  const known = Int32Array.from({ length: fold.known }, (_, row) => row)
    .filter((row) => !Number.isNaN(truth[row]!));
  const since = (candles[fold.known - 1] ?? 0) - candlesIn(24 * CALIBRATION_DAYS, intervalMs);
  const year = Array.from(known.filter((row) => candles[row]! > since));
  const errors = year.map((row) => truth[row]! - made.point[row]!);
  const scores = Float64Array.from(errors, (error, i) => Math.abs(error) / scale[year[i]!]!).sort();
  const isLabels = spec.target === "labels";
  const base = frequencies(isLabels ? year.map((row) => classes[row]!) : []);
  const judged = known.filter((row) => row >= walk.first);
  const quantile = (level: number, margin: Float64Array) =>
    conformalQuantile(
      scores,
      adaptedLevel(level, {
        rows: judged,
        madeMs: (row) => candles[row]! * intervalMs,
        missed: (row) => Math.abs(truth[row]! - made.point[row]!) > margin[row]!,
      }),
    );
  return {
    ...weighing,
    reference: referenceOf(fold, spec),
    quantile80: quantile(0.8, made.margin80),
    quantile90: quantile(0.9, made.margin90),
    smear: errors.reduce((sum, error) => sum + Math.exp(error), 0) / Math.max(1, errors.length),
    frequencies: base,
    weight: isLabels ? tiltedShare(walk, judged, spec, made.tilted, base) : 1,
  };
}

/** The tilted probabilities' share: the shrinkage of their deviations from the class frequencies. */
function tiltedShare(
  { problem }: WalkForward,
  judged: Int32Array,
  spec: ModelSpec,
  forecasts: Float64Array,
  base: Probabilities,
): number {
  const { candles, classes, intervalMs } = problem;
  const candlesPerBlock = blockMs(spec.horizonMs) / intervalMs;
  const cells = 3 * judged.length;
  const forecast = new Float64Array(cells);
  const outcome = new Float64Array(cells);
  const blocks = new Int32Array(cells);
  for (let cell = 0; cell < cells; cell++) {
    const row = judged[Math.floor(cell / 3)]!;
    const label = cell % 3;
    forecast[cell] = forecasts[3 * row + label]! - base[label]!;
    outcome[cell] = (label === classes[row]! + 1 ? 1 : 0) - base[label]!;
    blocks[cell] = Math.floor(candles[row]! / candlesPerBlock);
  }
  return shrinkage(forecast, outcome, blocks, LEAST_FACTOR).factor;
}
