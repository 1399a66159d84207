import { assert } from "@std/assert";
import { decide } from "../../src/cycle/promote.ts";
import { MOST_HARM } from "../../src/model/compare.ts";
import { evaluate } from "../../src/model/evaluate.ts";
import { train, trainStepwise } from "../../src/model/train.ts";
import { finish } from "../../src/model/walk_forward.ts";
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

/** Of so many markets of pure noise, in how many the unshrunk learner takes the place of no forecast. */
function promotedOverZero(learner: "ridge" | "trees", seeds: number): number {
  const spec = { target: "log-return", horizonMs: 8 * HOUR_MS, learner } as const;
  let promoted = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const series = { ...madeUpCandles(1000, 5000 + seed), intervalMs: 4 * HOUR_MS };
    const zero = train(series, { ...spec, learner: "zero" });
    const steps = trainStepwise(series, spec, { ...zero, trainedToMs: series.startMs });
    const { artifact: candidate, comparison, record } = finish(steps);
    const { isPromoted } = decide({
      ...{ mode: "compare", candidate, incumbent: zero, unusable: undefined, comparison, record },
      ...{ isPinned: false, nowMs: zero.trainedToMs, maxAgeMs: HOUR_MS },
    });
    // A forecast of noise costs its own square: a ridge whose penalty left nothing of it does no harm.
    const isHarm = candidate.record.sdRatio ** 2 > MOST_HARM;
    if (isPromoted && isHarm) promoted++;
  }
  return promoted;
}

Deno.test("a learner of noise, unshrunk, takes no forecast's place in fewer than 5 of 100 contests", () => {
  const [ridge, trees] = [promotedOverZero("ridge", 200), promotedOverZero("trees", 20)];
  assert(ridge <= 0.05 * 200, `ridge ${ridge} of 200`);
  assert(trees <= 0.05 * 20, `trees ${trees} of 20`);
});
