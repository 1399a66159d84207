import { assert } from "@std/assert";
import { evaluate } from "../../src/model/evaluate.ts";
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
