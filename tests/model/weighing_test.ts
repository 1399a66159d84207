import { assert, assertEquals } from "@std/assert";
import { stateProblem } from "../../src/model/problem.ts";
import { replay } from "../../src/model/replay.ts";
import type { Series } from "../../src/model/series.ts";
import type { Learner, ModelSpec, TargetKind } from "../../src/model/spec.ts";
import { walkForward } from "../../src/model/walk_forward.ts";
import { weighFolds } from "../../src/model/weighing.ts";
import { HOUR_MS, madeUpCandles, trendingCandles, withOtherFuture } from "./synthetic.ts";

const specOf = (target: TargetKind, learner: Learner, hours = 24): ModelSpec => ({
  target,
  horizonMs: hours * HOUR_MS,
  learner,
});
const walkOf = (series: Series, spec: ModelSpec, step = 2) => {
  const rows = Math.floor((series.close.length - 720) / step);
  const candles = Int32Array.from({ length: rows }, (_, i) => 720 + step * i);
  return walkForward(stateProblem(series, spec, candles), { withTrees: true });
};
const sum = (weights: object) => Object.values(weights).reduce((total, w) => total + w, 0);

Deno.test("weights, factors and intervals of a fold come from outcomes that it could know", () => {
  for (const target of ["log-return", "volatility", "labels"] as const) {
    const spec = specOf(target, "ensemble");
    const series = trendingCandles(12_000, 41);
    const walk = walkOf(series, spec);
    const fold = 6;
    const start = walk.problem.candles[walk.folds[fold]!.from]!;
    const changed = walkOf(withOtherFuture(series, start), spec);
    const [before, after] = [walk, changed].map((each) => replay(each, spec).calibrations);
    assertEquals(after!.slice(0, fold + 1), before!.slice(0, fold + 1), target);
    assert(after!.at(-1)!.quantile90 !== before!.at(-1)!.quantile90);
  }
});

Deno.test("weights are never negative and sum to at most 1", () => {
  for (const target of ["log-return", "volatility"] as const) {
    for (const learner of ["auto", "ensemble"] as const) {
      const spec = specOf(target, learner);
      for (const { weights } of weighFolds(walkOf(madeUpCandles(6000, 42), spec), spec)) {
        assert(Object.values(weights).every((weight) => weight > 0), JSON.stringify(weights));
        assert(sum(weights) <= 1 + 1e-9, JSON.stringify(weights));
      }
    }
  }
});

Deno.test("auto stays the shrunk ridge on noise, and becomes the ensemble where only trees see", () => {
  const spec = specOf("log-return", "auto", 1);
  const last = (series: Series) => [...weighFolds(walkOf(series, spec, 1), spec)].at(-1)!.weights;
  assertEquals(Object.keys(last(madeUpCandles(8000, 43))), ["ridge"]);
  let hour = 0;
  // Twice a day up and twice down: no line through the sine and cosine of the hour follows that.
  const tide = () => Math.abs(Math.sin(2 * Math.PI * ++hour / 24)) > 0.7 ? 0.001 : -0.001;
  const weights = last(madeUpCandles(8000, 44, tide));
  assert(weights.trees! > 0.3, JSON.stringify(weights));
});

Deno.test("learners that speak for themselves are taken at their word, and zero has none", () => {
  const walk = walkOf(madeUpCandles(3000, 45), specOf("log-return", "auto"));
  for (const learner of ["ridge", "trees", "mean", "ewma", "persistence"] as const) {
    const [weighing] = weighFolds(walk, specOf("log-return", learner));
    assertEquals([weighing!.weights, weighing!.factor], [{ [learner]: 1 }, 1]);
  }
  assertEquals([...weighFolds(walk, specOf("log-return", "zero"))][0]!.weights, {});
});
