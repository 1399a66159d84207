import { PipelineError } from "../errors.ts";
import { type Linear, moments, solveRidge } from "./ridge.ts";
import { candlesIn } from "./series.ts";

/** The past log volatilities that the heterogeneous autoregression reads: a day, a week, a month, EWMA. */
const HAR_HOURS = [24, 168, 720];

/** Where they stand among the features of a volatility problem. */
export function harColumns(features: readonly string[], intervalMs: number): number[] {
  const windows = new Set(HAR_HOURS.map((hours) => candlesIn(hours, intervalMs)));
  return [...[...windows].map((window) => `log_volatility_${window}`), "log_sigma"].map((name) => {
    const column = features.indexOf(name);
    if (column >= 0) return column;
    throw new PipelineError("internal", `Cannot fit har: there is no feature ${name}`);
  });
}

/** Least squares of log volatility on those of the past (HAR, Corsi 2009); rows as in `fitTrees`. */
export function fitHar(x: Float64Array, y: Float64Array, columns: readonly number[]): Linear {
  const width = x.length / y.length;
  const past = new Float64Array(y.length * columns.length);
  for (let row = 0, at = 0; row < y.length; row++) {
    for (const column of columns) past[at++] = x[row * width + column]!;
  }
  // The penalty is far too small to move a fit: it keeps a market that never moved solvable.
  return solveRidge(moments(past, y), 1e-6 * y.length);
}

/** The forecast for row `row` of row-major `x` with `width` columns. */
export function applyHar(
  { intercept, coefficients }: { intercept: number; coefficients: ArrayLike<number> },
  columns: readonly number[],
  x: Float64Array,
  row: number,
  width: number,
): number {
  return columns.reduce(
    (sum, column, j) => sum + coefficients[j]! * x[row * width + column]!,
    intercept,
  );
}
