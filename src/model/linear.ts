import { type Linear, moments, solveRidge } from "./ridge.ts";

/** A ridge on standardised features: everything needed to apply it to a new row. */
export interface StandardRidge extends Linear {
  /** Mean and standard deviation of each feature in the training rows. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Chosen strength per training row; Infinity: the features had nothing to say. */
  readonly strength: number;
}

/** What a fit may learn from. */
export interface TrainingTable {
  /** Row-major. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Row i's label covers candles candles[i] … candles[i] + horizon; ascending. */
  readonly candles: ArrayLike<number>;
  readonly horizon: number;
  /** Penalties to choose from, per row, ascending; on standardised features 1 halves a lone coefficient. */
  readonly strengths: readonly number[];
}

/** The part of a fit that a forecast needs, as fitted or as read from an artifact. */
export interface Applied {
  readonly intercept: number;
  readonly coefficients: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
  readonly sd: ArrayLike<number>;
}

/** Standardised features are clipped here: one wild candle must not steer the fit or the forecast. */
const FEATURE_CLIP = 5;

/**
 * Fits a ridge whose strength an inner purged hold-out chooses: the last fifth of the rows judges
 * fits on those whose labels ended before it began.
 */
export function fitStandardRidge(table: TrainingTable): StandardRidge {
  const { x, y } = table;
  const strength = chooseStrength(table);
  const { mean, sd } = standards(x, y.length);
  const fit = solveRidge(moments(standardise(x, mean, sd), y), strength * y.length);
  return { ...fit, mean, sd, strength };
}

/** The forecast for row `row` of row-major `x`. */
export function applyRidge(ridge: Applied, x: Float64Array, row: number): number {
  const { mean, sd, coefficients, intercept } = ridge;
  const from = row * mean.length;
  let sum = intercept;
  for (let j = 0; j < mean.length; j++) {
    sum += coefficients[j]! * standard(x[from + j]!, mean[j]!, sd[j]!);
  }
  return sum;
}

function chooseStrength({ x, y, candles, horizon, strengths }: TrainingTable): number {
  const columns = x.length / y.length;
  const cut = Math.floor(0.8 * y.length);
  let inner = cut;
  while (inner > 0 && candles[inner - 1]! + horizon >= candles[cut]!) inner--;
  if (inner < 2) return strengths[strengths.length - 1]!;
  const { mean, sd } = standards(x.subarray(0, inner * columns), inner);
  const standardised = standardise(x, mean, sd);
  const seen = moments(standardised.subarray(0, inner * columns), y.subarray(0, inner));

  let best = NaN;
  let least = Infinity;
  for (const strength of strengths) {
    const { intercept, coefficients } = solveRidge(seen, strength * inner);
    let loss = 0;
    for (let i = cut; i < y.length; i++) {
      let error = intercept - y[i]!;
      for (let j = 0; j < columns; j++) error += coefficients[j]! * standardised[i * columns + j]!;
      loss += error * error;
    }
    // On a tie the stronger penalty wins: it comes later.
    if (loss <= least) [best, least] = [strength, loss];
  }
  return best;
}

/** Mean and standard deviation per column; a column that never moves gets 1, and so becomes 0. */
function standards(x: Float64Array, rows: number) {
  const columns = x.length / rows;
  const mean = new Float64Array(columns);
  const sd = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j]! += x[at++]!;
  for (let j = 0; j < columns; j++) mean[j]! /= rows;
  for (let i = 0, at = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) sd[j]! += (x[at++]! - mean[j]!) ** 2;
  }
  return { mean, sd: sd.map((sum) => Math.sqrt(sum / rows) || 1) };
}

function standardise(x: Float64Array, mean: Float64Array, sd: Float64Array): Float64Array {
  const columns = mean.length;
  const result = new Float64Array(x.length);
  for (let at = 0; at < x.length;) {
    for (let j = 0; j < columns; j++, at++) result[at] = standard(x[at]!, mean[j]!, sd[j]!);
  }
  return result;
}

function standard(value: number, mean: number, sd: number): number {
  return Math.max(-FEATURE_CLIP, Math.min(FEATURE_CLIP, (value - mean) / sd));
}
