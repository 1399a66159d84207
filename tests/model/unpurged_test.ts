import { assert, assertEquals } from "@std/assert";
import { evaluate } from "../../src/model/evaluate.ts";
import type { Learner, TargetKind } from "../../src/model/spec.ts";
import { HOUR_MS, madeUpCandles } from "./synthetic.ts";

const series = madeUpCandles(2600, 31);
const judged = (target: TargetKind, learner: Learner) =>
  evaluate(series, { target, horizonMs: 24 * HOUR_MS, learner }, { learners: [] });

Deno.test("without the purge trees would claim skill in a market that has none", () => {
  const { chosen, unpurgedRatio } = judged("log-return", "trees");
  assert(chosen.mseRatio.value > 1, `purged ${chosen.mseRatio.value}`);
  assert(unpurgedRatio! < 0.95, `unpurged ${unpurgedRatio}`);
});

Deno.test("the unpurged claim is the same every time, and there for every target", () => {
  for (const target of ["price", "volatility", "labels"] as const) {
    const { unpurgedRatio } = judged(target, "auto");
    assert(unpurgedRatio! > 0 && unpurgedRatio! < 1.1, `${target}: ${unpurgedRatio}`);
    assertEquals(judged(target, "auto").unpurgedRatio, unpurgedRatio);
  }
});

Deno.test("a learner that fits nothing has nothing to leak", () => {
  for (const learner of ["zero", "mean", "persistence"] as const) {
    assertEquals(judged("log-return", learner).unpurgedRatio, null);
  }
});
