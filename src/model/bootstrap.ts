import { errorFunction, quantileSorted } from "simple-statistics";

/** A statistic and its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const REPLICATES = 2000;
const SHIFTS = 199;

/**
 * Circular block bootstrap (Politis & Romano 1992) of statistics that are functions of means: draws
 * blocks of `block` consecutive rows, wrapping at the end, until there are as many rows as before.
 * The same seed draws the same blocks, so that estimates of several learners are paired.
 * @param columns one value per row for each mean that `statistics` reads
 */
export function blockBootstrap(
  columns: readonly Float64Array[],
  block: number,
  statistics: (means: readonly number[]) => readonly number[],
  seed = 1,
): Estimate[] {
  const rows = columns[0]?.length ?? 0;
  const length = Math.min(block, rows);
  const blocks = Math.ceil(rows / length);
  // Running sums over twice the rows make any wrapped block one subtraction.
  const sums = columns.map((column) => {
    const running = new Float64Array(2 * rows + 1);
    for (let i = 0; i < 2 * rows; i++) running[i + 1] = running[i]! + column[i % rows]!;
    return running;
  });
  const point = statistics(sums.map((running) => running[rows]! / rows));
  const replicates = point.map(() => new Array<number>(REPLICATES));
  const random = seededRandom(seed);
  for (let k = 0; k < REPLICATES; k++) {
    const means = sums.map(() => 0);
    for (let b = 0; b < blocks; b++) {
      const start = Math.floor(random() * rows);
      sums.forEach((running, c) => means[c]! += running[start + length]! - running[start]!);
    }
    const drawn = statistics(means.map((sum) => sum / (blocks * length)));
    drawn.forEach((value, s) => replicates[s]![k] = value);
  }
  const outside = expandedTail(rows / length);
  return point.map((value, s) => {
    const sorted = replicates[s]!.sort((a, b) => a - b);
    return {
      value,
      low: quantileSorted(sorted, outside),
      high: quantileSorted(sorted, 1 - outside),
    };
  });
}

/**
 * The share to leave out at either end: 2.5 % for many blocks, less for few, because percentiles of
 * few blocks lie too close together (expanded percentile interval, Hesterberg 2015). Student's t by
 * its expansion around the normal quantile (Abramowitz & Stegun 26.7.5).
 */
function expandedTail(blocks: number): number {
  const z = 1.959964;
  const freedom = Math.max(1, blocks - 1);
  const t = z + (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
  return (1 - errorFunction(t * Math.sqrt(1 + 1 / freedom) / Math.SQRT2)) / 2;
}

/**
 * How often forecasts that know nothing do as well, for each way to score them: the share of circular
 * shifts of `forecast`, by at least a block, whose total score is no smaller (one-sided). A shift keeps
 * everything about the forecasts but their timing. Null when forecasts do not vary or there are too
 * few rows.
 * @param scores what a row scores with a forecast; higher is better
 */
export function shiftedPValues(
  forecast: Float64Array,
  block: number,
  scores: readonly ((row: number, forecast: number) => number)[],
): (number | null)[] {
  const rows = forecast.length;
  const room = rows - 2 * block;
  if (room < 20 || forecast.every((value) => value === forecast[0])) return scores.map(() => null);
  const twice = new Float64Array(2 * rows);
  twice.set(forecast);
  twice.set(forecast, rows);
  const shifts = Math.min(SHIFTS, room);
  return scores.map((score) => {
    const total = (shift: number) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += score(row, twice[row + shift]!);
      return sum;
    };
    const found = total(0);
    let asGood = 1;
    for (let k = 0; k < shifts; k++) {
      if (total(block + Math.floor((k * room) / shifts)) >= found) asGood++;
    }
    return asGood / (shifts + 1);
  });
}

/** Uniform numbers in [0, 1) from a seed (xorshift32, Marsaglia 2003). */
export function seededRandom(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b9) >>> 0) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
