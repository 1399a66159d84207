/** Trailing windows over a column: value t never looks past candle t. */

/** Running sums of `term`, so that any window's sum is one subtraction: result[i] = Σ term(0 … i−1). */
export function runningSum(length: number, term: (i: number) => number): Float64Array {
  const sums = new Float64Array(length + 1);
  for (let i = 0; i < length; i++) sums[i + 1] = sums[i]! + term(i);
  return sums;
}

/** Sum over the `window` candles that end with `t`; needs t ≥ window − 1. */
export function windowSum(sums: Float64Array, t: number, window: number): number {
  return sums[t + 1]! - sums[t + 1 - window]!;
}

/** The largest value of each trailing window (shorter at the start), by a monotone queue. */
export function rollingMax(values: Float64Array, window: number): Float64Array {
  const result = new Float64Array(values.length);
  const queue = new Int32Array(values.length);
  let head = 0;
  let end = 0;
  for (let i = 0; i < values.length; i++) {
    while (end > head && values[queue[end - 1]!]! <= values[i]!) end--;
    queue[end++] = i;
    if (queue[head]! <= i - window) head++;
    result[i] = values[queue[head]!]!;
  }
  return result;
}

/** The smallest value of each trailing window. */
export function rollingMin(values: Float64Array, window: number): Float64Array {
  return rollingMax(values.map((value) => -value), window).map((value) => -value);
}

/**
 * Exponentially weighted mean cut off after `window` values, weights summing to 1. Being cut off,
 * it depends on the window alone, so a short live history and the long training one agree.
 */
export function windowedEwma(values: Float64Array, halfLife: number, window: number): Float64Array {
  const decay = 0.5 ** (1 / halfLife);
  const expired = decay ** window;
  const result = new Float64Array(values.length);
  let sum = 0;
  let weight = 0;
  for (let i = 0; i < values.length; i++) {
    sum = sum * decay + values[i]!;
    weight = weight * decay + 1;
    if (i >= window) {
      sum -= expired * values[i - window]!;
      weight -= expired;
    }
    result[i] = sum / weight;
  }
  return result;
}

/** Exponential moving average of the given span (weight 2 / (span + 1)), started at the first value. */
export function movingAverage(values: Float64Array, span: number): Float64Array {
  const weight = 2 / (Math.max(1, span) + 1);
  const result = new Float64Array(values.length);
  let average = values[0] ?? 0;
  for (let i = 0; i < values.length; i++) {
    average += weight * (values[i]! - average);
    result[i] = average;
  }
  return result;
}
