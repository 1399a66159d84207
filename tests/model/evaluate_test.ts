import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { evaluate, type Evaluation } from "../../src/model/evaluate.ts";
import { learnersOf, type ModelSpec, type TargetKind } from "../../src/model/spec.ts";
import { recordedCandles } from "./candles.ts";
import { HOUR_MS, madeUpCandles, trendingCandles } from "./synthetic.ts";

const specOf = (target: TargetKind, hours: number): ModelSpec => ({
  target,
  horizonMs: hours * HOUR_MS,
  learner: "auto",
});

const within = (value: number, low: number, high: number) => low <= value && value <= high;
const learner = (evaluation: Evaluation, name: string) =>
  evaluation.learners.find((score) => score.learner === name)!;

/** The unshrunk ridge's ratio as it was measured on these candles, and in an independent study to 2026. */
const RIDGE = { 168: [1.0133, 1.019], 24: [1.0067, 1.006] } as const;

for (const hours of [168, 24] as const) {
  Deno.test(`evaluate() does no harm on recorded BTC/USD ${hours} h ahead, and its intervals hold`, async () => {
    const evaluation = evaluate(await recordedCandles(), specOf("log-return", hours), {
      learners: ["zero", "ridge", "persistence"],
    });
    const { mseRatio, sdRatio } = evaluation.chosen;
    assert(mseRatio.value <= 1.01 && mseRatio.high <= 1.02, evaluation.verdict);
    assert(sdRatio > 0 && sdRatio < 0.2, `sd ratio ${sdRatio}`);
    assert(evaluation.factor > 0 && evaluation.factor < 1, `factor ${evaluation.factor}`);
    assertEquals(evaluation.skill, "none");
    assert(evaluation.verdict.startsWith("no evidence of skill: "));
    assert(learner(evaluation, "persistence").mseRatio.value > 1.9);
    assertEquals(learner(evaluation, "zero").mseRatio.value, 1);
    const { sdRatio: unshrunk, mseRatio: { value, low, high } } = learner(evaluation, "ridge");
    assert(unshrunk > sdRatio, "the ridge is shown unshrunk");
    assertAlmostEquals(value, RIDGE[hours][0], 1e-3);
    assert(within(RIDGE[hours][1], low, high), `${low} to ${high}`);
    assert(evaluation.needed!.years > 10, `${evaluation.needed!.years} years`);
    assert(within(evaluation.chosen.coverage90.value, 0.87, 0.93));
    assert(within(evaluation.chosen.coverage80.value, 0.77, 0.83));
    for (const year of evaluation.years) {
      assert(year.coverage90 >= 0.84, `${year.year}: ${year.coverage90}`);
    }
  });
}

for (const [hours, least] of [[168, 0.46], [24, 0.45]] as const) {
  Deno.test(`evaluate() finds that recorded volatility ${hours} h ahead can be forecast`, async () => {
    const evaluation = evaluate(await recordedCandles(), specOf("volatility", hours), {
      learners: ["har", "ensemble", "ewma"],
    });
    assertEquals([evaluation.skill, evaluation.reference], ["better", "expanding mean"]);
    assertEquals(evaluation.needed, null);
    assert(evaluation.chosen.r2.value >= least, `R² ${evaluation.chosen.r2.value}`);
    for (const name of ["har", "ensemble"]) {
      const { r2, returns } = learner(evaluation, name);
      assert(r2.value > 0.43, `${name} R² ${r2.value}`);
      assertEquals(returns, null);
    }
    assert(evaluation.chosen.mseRatio.value < learner(evaluation, "ewma").mseRatio.value);
    assert(within(evaluation.chosen.coverage90.value, 0.87, 0.93));
    for (const year of evaluation.years) {
      assert(year.coverage90 >= 0.84, `${year.year}: ${year.coverage90}`);
    }
  });
}

Deno.test("evaluate() finds a planted trend", () => {
  const evaluation = evaluate(trendingCandles(9000, 7), specOf("log-return", 24));
  assertEquals(evaluation.skill, "better");
  assert(evaluation.verdict.startsWith("evidence of skill: "));
  assert(evaluation.factor > 0.3, `factor ${evaluation.factor}`);
  assert(evaluation.chosen.correlation!.low > 0);
});

Deno.test("evaluate() adds up: years to the whole, learners to one table, windows to the span", () => {
  const seen: number[] = [];
  const evaluation = evaluate(madeUpCandles(4000, 9), specOf("log-return", 24), {
    onProgress: (done) => seen.push(done),
  });
  const { forecasts, years, chosen, learners } = evaluation;
  assertEquals(years.reduce((sum, year) => sum + year.forecasts, 0), forecasts);
  assertEquals(learners.map((score) => score.learner), learnersOf("log-return"));
  assertEquals(evaluation.independentWindows, Math.floor((forecasts - 1) / 24) + 1);
  assertAlmostEquals(chosen.rmse.value ** 2, chosen.mse.value, 1e-12);
  assertAlmostEquals(
    chosen.mseRatio.value * learner(evaluation, "zero").mse.value,
    chosen.mse.value,
    1e-12,
  );
  assertEquals(learner(evaluation, "zero").directionalAccuracy, null);
  assertEquals(seen, seen.map((_, i) => i + 1));
  assertAlmostEquals(evaluation.curve.at(-1)!.gain, 1 - chosen.mseRatio.value, 1e-9);
  assertEquals([evaluation.curve.length, evaluation.curve.at(-1)!.atMs], [150, evaluation.toMs]);
  const shares = learner(evaluation, "ensemble");
  assert(shares.mseRatio.value < 1.05, `ensemble ${shares.mseRatio.value}`);
});

Deno.test("evaluate() judges labels by class and price by its log-return", () => {
  const series = madeUpCandles(3600, 11);
  const labels = evaluate(series, specOf("labels", 8));
  assertEquals([labels.unit, labels.reference], ["class", "class frequencies"]);
  assertAlmostEquals(labels.brierSkill!.value, 0, 0.02);
  assertAlmostEquals(labels.chosen.mseRatio.value, 1, 0.02);
  const price = evaluate(series, specOf("price", 8));
  assertEquals(price.chosen, evaluate(series, specOf("log-return", 8)).chosen);
  assertEquals([price.unit, price.brierSkill], ["log-return", null]);
});
