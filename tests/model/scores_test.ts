import { assertAlmostEquals, assertEquals } from "@std/assert";
import { scoreLearner } from "../../src/model/scores.ts";
import { kitScore } from "../../src/model/kit.ts";
import golden from "./golden_metrics.json" with { type: "json" };

const truth = Float64Array.from(golden.truth);
const filled = (value: number) => new Float64Array(truth.length).fill(value);
const score = scoreLearner("ridge", {
  truth,
  forecast: Float64Array.from(golden.forecast),
  mean: filled(golden.mean),
  reference: filled(0),
  in80: filled(1).map((_, i) => i % 5 === 0 ? 0 : 1),
  in90: filled(1).map((_, i) => i % 10 === 0 ? 0 : 1),
  scale: filled(golden.scale),
}, { block: 2, horizon: 1 });

Deno.test("scoreLearner() gives the general measures as they are defined", () => {
  assertAlmostEquals(score.mse.value, golden.mse, 1e-12);
  assertAlmostEquals(score.rmse.value, Math.sqrt(golden.mse), 1e-12);
  assertAlmostEquals(score.mseRatio.value, golden.mse_ratio, 1e-12);
  assertAlmostEquals(score.mae.value, golden.mae, 1e-12);
  assertAlmostEquals(score.r2.value, golden.r2, 1e-12);
  assertAlmostEquals(score.directionalAccuracy!.value, golden.direction, 1e-12);
  assertAlmostEquals(score.correlation!.value, golden.correlation, 1e-12);
  assertAlmostEquals(score.coverage80.value, 0.8, 1e-12);
  assertAlmostEquals(score.coverage90.value, 0.9, 1e-12);
});

Deno.test("scoreLearner() gives the builder kit's measures and the network's losses", () => {
  const returns = score.returns!;
  assertAlmostEquals(returns.wrmseImprovement.value, golden.wrmse_improvement, 1e-12);
  assertAlmostEquals(returns.czarImprovement.value, golden.czar_improvement, 1e-12);
  assertAlmostEquals(returns.czarLoss.value, golden.czar_loss, 1e-10);
  assertAlmostEquals(
    returns.czarLossRatio.value,
    golden.czar_loss / golden.czar_loss_zero,
    1e-10,
  );
  assertAlmostEquals(returns.zptaeLoss.value, golden.zptae_loss, 1e-12);
  assertAlmostEquals(
    returns.zptaeLossRatio.value,
    golden.zptae_loss / golden.zptae_loss_zero,
    1e-12,
  );
});

Deno.test("scoreLearner() gives the builder kit's seven measures by its own rules, and its grade", () => {
  const { kit } = golden;
  const found = score.kit!;
  assertAlmostEquals(found.directionalAccuracy, kit.directional_accuracy, 1e-12);
  assertAlmostEquals(found.accuracyLow, kit.da_ci_lower, 1e-12);
  // The library's error function is good to seven digits.
  assertAlmostEquals(found.accuracyP, kit.da_pvalue, 1e-6);
  assertAlmostEquals(found.pearsonR!, kit.pearson_r, 1e-12);
  assertAlmostEquals(found.pearsonP! / kit.pearson_pvalue, 1, 1e-6);
  assertAlmostEquals(found.wrmseImprovement, golden.wrmse_improvement, 1e-12);
  assertAlmostEquals(found.czarImprovement, golden.czar_improvement, 1e-12);
  assertAlmostEquals(found.logAspectRatio!, kit.log_aspect_ratio, 1e-12);
  assertEquals([found.passed, found.grade], [kit.passed, kit.grade]);
  const { by, pearson_r, pearson_pvalue } = golden.kit_shifted;
  const turned = Float64Array.from(
    golden.forecast.slice(-by).concat(golden.forecast.slice(0, -by)),
  );
  const shifted = kitScore(truth, turned);
  assertAlmostEquals(shifted.pearsonR!, pearson_r, 1e-12);
  assertAlmostEquals(shifted.pearsonP!, pearson_pvalue, 1e-7);
  const zero = kitScore(truth, new Float64Array(truth.length));
  assertEquals([zero.directionalAccuracy, zero.pearsonR, zero.grade], [0, null, "F"]);
});

Deno.test("scoreLearner() finds what is in time improbable when shifted, in every measure", () => {
  const { mseRatio, mae, directionalAccuracy, correlation, returns } = score;
  const measures = [mseRatio, mae, directionalAccuracy!, correlation!, ...Object.values(returns!)];
  for (const { pValue, low, value, high } of measures) {
    assertEquals(pValue !== null && pValue <= 0.05, true, `p ${pValue}`);
    assertEquals(low <= value && value <= high, true);
  }
});
