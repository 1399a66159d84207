import { assert, assertEquals } from "@std/assert";
import { stateProblem } from "../../src/model/problem.ts";
import type { Series } from "../../src/model/series.ts";
import type { ModelSpec } from "../../src/model/spec.ts";
import { walkForward } from "../../src/model/walk_forward.ts";
import { HOUR_MS, madeUpCandles, trendingCandles, withOtherFuture } from "./synthetic.ts";
import { sampleCorrelation } from "simple-statistics";

const spec: ModelSpec = { target: "log-return", horizonMs: 24 * HOUR_MS, learner: "ridge" };
const problemOf = (series: Series) =>
  stateProblem(
    series,
    spec,
    Int32Array.from({ length: series.close.length - 720 }, (_, i) => 720 + i),
  );

Deno.test("walkForward() forecasts a fold's first row the same whatever comes after its base", () => {
  const series = madeUpCandles(4000, 3);
  const problem = problemOf(series);
  const { folds } = walkForward(problem);
  const first = folds[1]!.from;
  const changed = problemOf(withOtherFuture(series, problem.candles[first]!));
  assertEquals(walkForward(problem).said.ridge[first], walkForward(changed).said.ridge[first]);

  const unpurged = { purge: 0 };
  assert(
    walkForward(problem, unpurged).said.ridge[first] !==
      walkForward(changed, unpurged).said.ridge[first],
    "without the purge the future is learnt from, and this test would see it",
  );
});

Deno.test("walkForward() covers every row after the first fold's start, and ends with a live fold", () => {
  const walk = walkForward(problemOf(madeUpCandles(4000, 4)));
  const live = walk.folds[walk.folds.length - 1]!;
  assertEquals([live.from, live.to], [3280, 3280]);
  assertEquals(live.known, 3280 - 24);
  walk.said.ridge.forEach((value, row) => assertEquals(Number.isNaN(value), row < walk.first));
  walk.folds.slice(1).forEach((fold, i) => assertEquals(fold.from, walk.folds[i]!.to));
});

Deno.test("walkForward() grows trees every third fold and for the live one, from known rows only", () => {
  const series = madeUpCandles(6500, 6);
  const problem = problemOf(series);
  const { folds, said, first } = walkForward(problem, { withTrees: true });
  const trees = folds.map(({ fitted }) => fitted.trees);
  assertEquals(folds.length, 6);
  assert(trees[0] === trees[1] && trees[1] === trees[2] && trees[2] !== trees[3]);
  assert(trees[3] === trees[4] && trees[4] !== trees[5]);
  const changed = problemOf(withOtherFuture(series, problem.candles[first]!));
  assertEquals(walkForward(changed, { withTrees: true }).said.trees![first], said.trees![first]);
});

Deno.test("walkForward() refits every 30 days, of a long history at most a hundred times", () => {
  for (const [days, refits] of [[2000, 41], [5000, 99]] as const) {
    const series = { ...madeUpCandles(days, 2), intervalMs: 24 * HOUR_MS };
    const candles = Int32Array.from({ length: days - 40 }, (_, i) => 40 + i);
    const { folds } = walkForward(stateProblem(series, spec, candles));
    assertEquals(folds.length - 1, refits);
  }
});

Deno.test("walkForward() finds a planted trend, and nothing once labels are shifted in time", () => {
  const problem = problemOf(trendingCandles(9000, 5));
  const correlation = (truth: Float64Array) => {
    const walk = walkForward({ ...problem, truth });
    const rows = [...truth.keys()].filter((row) => row >= walk.first && !Number.isNaN(truth[row]!));
    return sampleCorrelation(
      rows.map((row) => walk.said.ridge[row]!),
      rows.map((row) => truth[row]!),
    );
  };
  const planted = correlation(problem.truth);
  const shift = 3000;
  const rotated = problem.truth.map((_, i, all) => all[(i + shift) % all.length]!);
  const shifted = correlation(rotated);
  assert(planted > 0.3, `planted ${planted}`);
  assert(Math.abs(shifted) < 0.15, `shifted ${shifted}`);
});
