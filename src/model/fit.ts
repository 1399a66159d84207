import type { Member, Weights } from "./combination.ts";
import { applyHar, fitHar, harColumns } from "./har.ts";
import { type Applied, applyRidge, fitStandardRidge } from "./linear.ts";
import type { Problem } from "./problem.ts";
import { applyTrees, fitTrees, type Growth, type Trees } from "./trees.ts";

/** What the learners took from the past: all that a forecast needs of it. */
export interface Fitted {
  readonly ridge: Applied & { readonly strength: number | null };
  /** Null when no trees were asked for. */
  readonly trees: Trees | null;
  /** Null unless the target is volatility. */
  readonly har: Har | null;
  /** Mean of the known truths. */
  readonly mean: number;
}

/** Least squares on a few of the features. */
export interface Har {
  readonly columns: readonly number[];
  readonly intercept: number;
  readonly coefficients: ArrayLike<number>;
}

/**
 * Few, shallow and slow, on half the rows: markets reward nothing wilder (untuned boosting was a fifth
 * to a third worse than no forecast). A leaf holds two rows in a hundred at least.
 */
const GROWTH: Omit<Growth, "leastLeaf"> = {
  trees: 100,
  depth: 3,
  rate: 0.05,
  penalty: 20,
  sample: 0.5,
  seed: 1,
};
const LEAST_LEAF = 20;
const LEAST_LEAF_SHARE = 0.02;

/**
 * A function that fits all learners to the training rows among the first `known` rows of the problem.
 * The rows that may be learnt from are gathered once: what each fit sees is a prefix of them.
 */
export function fitting(
  problem: Problem,
  learnFrom: (row: number) => boolean,
): (known: number, withTrees: boolean) => Fitted {
  const { candles, truth, scale, clip, x, horizon, strengths, features, intervalMs } = problem;
  const columns = features.length;
  const rows = Int32Array.from(candles.keys())
    .filter((row) => !Number.isNaN(truth[row]!) && learnFrom(row));
  const table = new Float64Array(rows.length * columns);
  const target = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    table.set(x.subarray(row * columns, (row + 1) * columns), i * columns);
    target[i] = Math.max(-clip, Math.min(clip, truth[row]! / scale[row]!));
  });
  const bases = rows.map((row) => candles[row]!);
  const past = problem.isVolatility ? harColumns(features, intervalMs) : [];

  return (known, withTrees) => {
    const count = rows.findIndex((row) => row >= known);
    const seen = count < 0 ? rows.length : count;
    const [seenX, seenY] = [table.subarray(0, seen * columns), target.subarray(0, seen)];
    const ridge = fitStandardRidge({ x: seenX, y: seenY, candles: bases, horizon, strengths });
    const leastLeaf = Math.max(LEAST_LEAF, Math.round(LEAST_LEAF_SHARE * seen));
    return {
      ridge: { ...ridge, strength: ridge.strength === Infinity ? null : ridge.strength },
      trees: withTrees ? fitTrees(seenX, seenY, { ...GROWTH, leastLeaf }) : null,
      har: past.length > 0 ? { columns: past, ...fitHar(seenX, seenY, past) } : null,
      mean: meanOf(truth.subarray(0, known)),
    };
  };
}

/** What the fitted learners say of a row, unscaled. */
export function said(fitted: Fitted, problem: Problem, row: number): [Member, number][] {
  const { x, features, scale } = problem;
  const { ridge, trees, har, mean } = fitted;
  const width = features.length;
  const words: [Member, number][] = [
    ["ridge", applyRidge(ridge, x, row) * scale[row]!],
    ["mean", mean],
  ];
  if (trees !== null) words.push(["trees", applyTrees(trees, x, row, width) * scale[row]!]);
  if (har !== null) words.push(["har", applyHar(har, har.columns, x, row, width) * scale[row]!]);
  return words;
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

/** The same fits as plain arrays, as they are written; only what `weights` count on. */
export function portable({ ridge, trees, har, mean }: Fitted, weights: Weights): Fitted {
  return {
    ridge: {
      mean: Array.from(ridge.mean),
      sd: Array.from(ridge.sd),
      coefficients: Array.from(ridge.coefficients),
      intercept: ridge.intercept,
      strength: ridge.strength,
    },
    trees: trees !== null && weights.trees !== undefined
      ? {
        intercept: trees.intercept,
        depth: trees.depth,
        column: Array.from(trees.column),
        threshold: Array.from(trees.threshold),
        leaf: Array.from(trees.leaf),
      }
      : null,
    har: har !== null && weights.har !== undefined
      ? { ...har, coefficients: Array.from(har.coefficients) }
      : null,
    mean,
  };
}
