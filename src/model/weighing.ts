import { bestShares, type Member, type Weights } from "./combination.ts";
import { blockMs } from "./blocks.ts";
import {
  excludesHarm,
  LEAST_BLOCKS,
  LEAST_FACTOR,
  type Shrinkage,
  shrinkage,
} from "./shrinkage.ts";
import type { ModelSpec } from "./spec.ts";
import type { Fold, WalkForward } from "./walk_forward.ts";

/** What a fold's forecasts are made of, and how far they are believed. */
export interface Weighing extends Shrinkage {
  /** Of each member's deviation from the reference, the factor included. */
  readonly weights: Weights;
}

const UNSHRUNK: Shrinkage = { factor: 1, slope: 1, slopeError: 0 };

/** Who may be in the ensemble; the expanding mean of volatility is the reference, and so is in it anyway. */
const RETURN_MEMBERS: readonly Member[] = ["ridge", "trees", "mean"];
const VOLATILITY_MEMBERS: readonly Member[] = ["ridge", "trees", "har", "ewma"];

/** What the learner of `spec` makes of the members in each fold, from outcomes that the fold knows. */
export function* weighFolds(walk: WalkForward, spec: ModelSpec): Generator<Weighing, void> {
  const { learner } = spec;
  if (learner !== "auto" && learner !== "ensemble") {
    const weights: Weights = learner === "zero" ? {} : { [learner]: 1 };
    for (const _ of walk.folds) yield { ...UNSHRUNK, weights };
    return;
  }
  const judge = standing(walk, spec);
  const ridge = contender(walk, judge, ["ridge"]);
  const ensemble = contender(walk, judge, membersOf(walk));
  for (const fold of walk.folds) {
    const rows = judge.rowsKnownTo(fold);
    const [alone, together] = [ridge.weigh(rows), ensemble.weigh(rows)];
    // Better beyond chance on every forecast so far, or the plainer one stays.
    const isBetter = excludesHarm(
      Float64Array.from(rows, (row) => ridge.loss(row) - ensemble.loss(row)),
      judge.blocksOf(rows),
    );
    ridge.speak(fold, alone.weights);
    ensemble.speak(fold, together.weights);
    yield learner === "ensemble" || isBetter ? together : alone;
  }
}

/** What forecasts deviate from: 0 for returns, the mean log volatility so far otherwise. */
export function referenceOf(fold: Fold, spec: ModelSpec): number {
  return spec.target === "volatility" ? fold.fitted.mean : 0;
}

function membersOf({ problem, said }: WalkForward): Member[] {
  const members = problem.isVolatility ? VOLATILITY_MEMBERS : RETURN_MEMBERS;
  return members.filter((member) => said[member] !== undefined);
}

/** Outcomes as scaled deviations from the reference, and which of them a fold knows. */
function standing(walk: WalkForward, spec: ModelSpec) {
  const { truth, scale, candles, intervalMs } = walk.problem;
  const reference = new Float64Array(truth.length);
  for (const fold of walk.folds) {
    reference.fill(referenceOf(fold, spec), fold.from, fold.to);
  }
  const deviation = (values: Float64Array) =>
    values.map((value, row) => (value - reference[row]!) / scale[row]!);
  const judged = Int32Array.from(truth.keys())
    .filter((row) => row >= walk.first && !Number.isNaN(truth[row]!));
  const candlesPerBlock = blockMs(spec.horizonMs) / intervalMs;
  return {
    deviation,
    outcome: deviation(truth),
    /** Volatility is known to be forecastable; returns are not believed to be until shown otherwise. */
    prior: walk.problem.isVolatility ? 1 : LEAST_FACTOR,
    rowsKnownTo: ({ known }: Fold) => judged.filter((row) => row < known),
    blocksOf: (rows: Int32Array) => rows.map((row) => Math.floor(candles[row]! / candlesPerBlock)),
  };
}

/** One way to weigh `members`, judged by what it said before it knew. */
function contender(
  walk: WalkForward,
  { deviation, outcome, prior, blocksOf }: ReturnType<typeof standing>,
  members: readonly Member[],
) {
  const columns = members.map((member) => deviation(walk.said[member]!));
  // The plain combination, and what is left of it after shrinkage.
  const [plain, point] = [new Float64Array(outcome.length), new Float64Array(outcome.length)];
  let shares: readonly number[];
  const sum = (weights: readonly number[], row: number) =>
    weights.reduce((total, weight, i) => total + weight * columns[i]![row]!, 0);
  return {
    weigh(rows: Int32Array): Weighing {
      const blocks = blocksOf(rows);
      const isYoung = new Set(blocks).size < LEAST_BLOCKS;
      shares = members.length === 1 || isYoung
        ? members.map(() => 1 / members.length)
        : bestShares(columns, outcome, rows);
      const of = (column: Float64Array) => Float64Array.from(rows, (row) => column[row]!);
      const believed = shrinkage(of(plain), of(outcome), blocks, prior);
      const weights = members.map((member, i) => [member, believed.factor * shares[i]!] as const);
      return { ...believed, weights: Object.fromEntries(weights.filter(([, w]) => w > 0)) };
    },
    speak({ from, to }: Fold, weights: Weights): void {
      const final = members.map((member) => weights[member] ?? 0);
      for (let row = from; row < to; row++) {
        plain[row] = sum(shares, row);
        point[row] = sum(final, row);
      }
    },
    loss: (row: number) => (outcome[row]! - point[row]!) ** 2,
  };
}
