import { assert, assertStringIncludes } from "@std/assert";
import { evaluate } from "../../src/model/evaluate.ts";
import type { Learner } from "../../src/model/spec.ts";
import { train } from "../../src/model/train.ts";
import { contestOf, countNoise } from "./noise_markets.ts";
import { HOUR_MS, madeUpCandles } from "./synthetic.ts";

Deno.test("evaluate() promotes nothing in 95 of 100 markets of pure noise", () => {
  const seeds = 200;
  const evaluations = Array.from({ length: seeds }, (_, seed) =>
    evaluate(
      { ...madeUpCandles(1000, 100 + seed), intervalMs: 4 * HOUR_MS },
      { target: "log-return", horizonMs: 8 * HOUR_MS, learner: "auto" },
      { learners: [] },
    ));
  const promoted = evaluations.filter(({ skill }) => skill === "better").length;
  assert(promoted <= 0.05 * seeds, `${promoted} promoted`);
  const outside =
    evaluations.filter(({ chosen: { correlation } }) =>
      correlation!.low > 0 || correlation!.high < 0
    ).length;
  assert(outside <= 0.07 * seeds, `${outside} correlations`);
});

Deno.test("noise of another learner takes the incumbent's place in fewer than 5 of 100 markets, at any age", () => {
  const against = [["zero", ["ridge"], 200], ["auto", ["ridge", "trees", "ensemble"], 12]] as const;
  for (const [incumbent, candidates, seeds] of against) {
    for (const { learner, promoted, promotedByAge } of countNoise(incumbent, candidates, seeds)) {
      const words =
        `${learner} over ${incumbent}: ${promoted}, by age ${promotedByAge} of ${seeds}`;
      assert(promoted <= 0.05 * seeds && promotedByAge <= 0.05 * seeds, words);
    }
  }
});

Deno.test("of refits of an unshrunk learner fewer than 5 in 100 add noise, when age decides too", () => {
  const seeds = 100;
  const [refit] = countNoise("ridge", ["ridge"], seeds);
  assert(refit!.noisier <= 0.05 * seeds, `${refit!.noisier} of ${seeds}`);
  assert(refit!.noisierByAge <= 0.05 * seeds, `by age ${refit!.noisierByAge} of ${seeds}`);
  assert(refit!.promoted > 0.2 * seeds, `a refit that does no harm is welcome: ${refit!.promoted}`);
});

Deno.test("a planted signal of r = 0.1 is promoted over no forecast, and keeps its place against noise", () => {
  let hour = 0;
  const tide = () => 0.1 * Math.SQRT2 * 0.005 * Math.sin(2 * Math.PI * ++hour / 24);
  const series = madeUpCandles(9000, 25, tide);
  const spec = { target: "log-return", horizonMs: HOUR_MS } as const;
  const contest = (from: Learner, to: Learner) => {
    const incumbent = { ...train(series, { ...spec, learner: from }), trainedToMs: series.startMs };
    return contestOf(series, { ...spec, learner: to }, incumbent);
  };
  for (const learner of ["auto", "ridge"] as const) {
    const { isPromoted, reason } = contest("zero", learner);
    assert(isPromoted, reason);
    assertStringIncludes(reason, "of another learner, zero, and this one is better");
  }
  assert(!contest("auto", "zero").isPromoted);
});
