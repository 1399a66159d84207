import { PipelineError } from "../errors.ts";

/** A linear function: intercept + Σ coefficients[j]·x[j]. */
export interface Linear {
  readonly intercept: number;
  readonly coefficients: Float64Array;
}

/** Centred second moments of a table: all that a ridge of any strength needs of it. */
export interface Moments {
  readonly xMean: Float64Array;
  readonly yMean: number;
  /** Upper triangle of (X − x̄)ᵀ(X − x̄), row-major p × p. */
  readonly gram: Float64Array;
  /** (X − x̄)ᵀ(y − ȳ). */
  readonly xy: Float64Array;
}

/**
 * Ridge regression, argmin Σ(y − a − xb)² + alpha·|b|² (Hoerl & Kennard 1970), by Cholesky on the
 * normal equations; the intercept is not penalised. `x` is row-major, x.length / y.length columns.
 * alpha may be Infinity: then the fit is the mean. Throws "invalid" when the columns are collinear
 * and alpha is too small to tell them apart.
 */
export function fitRidge(x: Float64Array, y: Float64Array, alpha: number): Linear {
  return solveRidge(moments(x, y), alpha);
}

/** The moments of row-major `x` and `y`. */
export function moments(x: Float64Array, y: Float64Array): Moments {
  const rows = y.length;
  const columns = x.length / rows;
  if (!Number.isInteger(columns)) {
    throw new PipelineError("invalid", `Cannot fit: ${x.length} values do not make ${rows} rows`);
  }
  const xMean = new Float64Array(columns);
  for (let i = 0, at = 0; i < rows; i++) for (let j = 0; j < columns; j++) xMean[j]! += x[at++]!;
  for (let j = 0; j < columns; j++) xMean[j]! /= rows;
  let yMean = 0;
  for (let i = 0; i < rows; i++) yMean += y[i]! / rows;

  // The outcome rides along as one more column: its products with the others are X'y.
  const width = columns + 1;
  const product = new Float64Array(columns * width);
  // Four rows at a time: the table of products is then read and written a quarter as often.
  const block = new Float64Array(4 * width);
  for (let from = 0; from < rows; from += 4) {
    block.fill(0);
    for (let r = 0; r < Math.min(4, rows - from); r++) {
      const source = (from + r) * columns;
      const target = r * width;
      for (let j = 0; j < columns; j++) block[target + j] = x[source + j]! - xMean[j]!;
      block[target + columns] = y[from + r]! - yMean;
    }
    addProducts(product, block, columns);
  }
  const gram = new Float64Array(columns * columns);
  const xy = new Float64Array(columns);
  for (let j = 0; j < columns; j++) {
    for (let k = j; k < columns; k++) gram[j * columns + k] = product[j * width + k]!;
    xy[j] = product[j * width + columns]!;
  }
  return { xMean, yMean, gram, xy };
}

function addProducts(product: Float64Array, block: Float64Array, columns: number): void {
  const width = columns + 1;
  for (let j = 0; j < columns; j++) {
    const a = block[j]!,
      b = block[width + j]!,
      c = block[2 * width + j]!,
      d = block[3 * width + j]!;
    const row = j * width;
    for (let k = j; k < width; k++) {
      product[row + k]! += a * block[k]! + b * block[width + k]! +
        c * block[2 * width + k]! + d * block[3 * width + k]!;
    }
  }
}

/** Solves the normal equations for one strength. */
export function solveRidge({ xMean, yMean, gram, xy }: Moments, alpha: number): Linear {
  const p = xy.length;
  const coefficients = new Float64Array(p);
  if (alpha === Infinity) return { intercept: yMean, coefficients };

  // gram + alpha·I = UᵀU, then Uᵀv = xy and U·b = v.
  const upper = Float64Array.from(gram);
  for (let j = 0; j < p; j++) {
    for (let k = j; k < p; k++) {
      let sum = gram[j * p + k]! + (j === k ? alpha : 0);
      for (let m = 0; m < j; m++) sum -= upper[m * p + j]! * upper[m * p + k]!;
      if (j < k) upper[j * p + k] = sum / upper[j * p + j]!;
      else if (sum > 1e-12 * (gram[j * p + j]! + alpha)) upper[j * p + j] = Math.sqrt(sum);
      else {
        throw new PipelineError(
          "invalid",
          `Cannot fit: column ${j} is a combination of the columns before it and alpha is ${alpha}`,
          { hint: "use an alpha above 0" },
        );
      }
    }
  }
  for (let j = 0; j < p; j++) {
    let sum = xy[j]!;
    for (let m = 0; m < j; m++) sum -= upper[m * p + j]! * coefficients[m]!;
    coefficients[j] = sum / upper[j * p + j]!;
  }
  for (let j = p - 1; j >= 0; j--) {
    let sum = coefficients[j]!;
    for (let k = j + 1; k < p; k++) sum -= upper[j * p + k]! * coefficients[k]!;
    coefficients[j] = sum / upper[j * p + j]!;
  }
  let intercept = yMean;
  for (let j = 0; j < p; j++) intercept -= coefficients[j]! * xMean[j]!;
  return { intercept, coefficients };
}
