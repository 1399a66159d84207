import { decide, type Decision } from "../../src/cycle/promote.ts";
import type { Artifact } from "../../src/model/artifact.ts";
import { finishedLosses, MOST_HARM } from "../../src/model/compare.ts";
import { baseCandles } from "../../src/model/grid.ts";
import { stateProblem } from "../../src/model/problem.ts";
import { endMs, type Series } from "../../src/model/series.ts";
import type { Learner, ModelSpec } from "../../src/model/spec.ts";
import { train, trainStepwise } from "../../src/model/train.ts";
import { finish } from "../../src/model/walk_forward.ts";
import { HOUR_MS, madeUpCandles } from "./synthetic.ts";

/** In how many markets a candidate that can only have learnt noise takes the incumbent's place. */
export interface NoiseCount {
  readonly learner: Learner;
  promoted: number;
  /** The same had nothing come true since an incumbent that is too old. */
  promotedByAge: number;
  /** Those of them that make the squared error larger than the incumbent did, by more than MOST_HARM. */
  noisier: number;
  noisierByAge: number;
}

/** The incumbent has seen so many candles of four hours, the candidate all of them. */
const [SEEN, ALL] = [700, 1000];
const SPEC = { target: "log-return", horizonMs: 8 * HOUR_MS } as const;
const NOTHING = { forecasts: 0, stretches: 0, fromMs: null, toMs: null, ratio: null };

/** Counts over so many markets of pure noise; in each the candidates stand against one incumbent. */
export function countNoise(
  incumbentLearner: Learner,
  learners: readonly Learner[],
  seeds: number,
): readonly NoiseCount[] {
  const counts = learners.map((learner): NoiseCount => ({
    ...{ learner, promoted: 0, promotedByAge: 0, noisier: 0, noisierByAge: 0 },
  }));
  for (let seed = 1; seed <= seeds; seed++) {
    const series = marketOf(ALL, 5000 + seed);
    const incumbent = train(beginning(series, SEEN), { ...SPEC, learner: incumbentLearner });
    const fresh = marketOf(2 * ALL, 15_000 + seed);
    for (const count of counts) {
      const contest = contestOf(series, { ...SPEC, learner: count.learner }, incumbent);
      const { candidate, isPromoted, isPromotedByAge } = contest;
      const isNoisier = noiseOf(candidate, fresh) - noiseOf(incumbent, fresh) > MOST_HARM;
      count.promoted += Number(isPromoted);
      count.promotedByAge += Number(isPromotedByAge);
      count.noisier += Number(isPromoted && isNoisier);
      count.noisierByAge += Number(isPromotedByAge && isNoisier);
    }
  }
  return counts;
}

/** Trains a candidate on the series, and decides; also as if only the incumbent's age could speak. */
export function contestOf(
  series: Series,
  spec: ModelSpec,
  incumbent: Artifact,
): Decision & { readonly candidate: Artifact; readonly isPromotedByAge: boolean } {
  const { artifact: candidate, comparison, record } = finish(
    trainStepwise(series, spec, incumbent),
  );
  const contest = {
    ...{ mode: "compare" as const, candidate, incumbent, unusable: undefined, comparison, record },
    ...{ isPinned: false, nowMs: endMs(series, series.close.length - 1), maxAgeMs: Infinity },
  };
  const { isPromoted } = decide({ ...contest, comparison: NOTHING, maxAgeMs: 0 });
  return { ...decide(contest), candidate, isPromotedByAge: isPromoted };
}

/** What a model says of a market it never saw, as a share of the outcomes' variance: all of it is error. */
function noiseOf(artifact: Artifact, series: Series): number {
  const { spec } = artifact;
  const problem = stateProblem(series, spec, baseCandles(series, spec, 1));
  const known = problem.truth.filter((value) => !Number.isNaN(value));
  const silent = { ...problem, truth: new Float64Array(problem.truth.length) };
  const mean = (values: Float64Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return mean(finishedLosses(artifact, silent)) / mean(known.map((value) => value ** 2));
}

function marketOf(length: number, seed: number): Series {
  return { ...madeUpCandles(length, seed), intervalMs: 4 * HOUR_MS };
}

function beginning(series: Series, count: number): Series {
  const { startMs, intervalMs, open, high, low, close, volume, real } = series;
  const cut = <T extends Float64Array | Uint8Array>(column: T) => column.subarray(0, count) as T;
  return {
    ...{ startMs, intervalMs, real: cut(real), volume: cut(volume) },
    ...{ open: cut(open), high: cut(high), low: cut(low), close: cut(close) },
  };
}
