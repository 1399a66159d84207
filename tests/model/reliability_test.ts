import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { reliability } from "../../src/model/reliability.ts";
import type { Outcomes } from "../../src/model/scores.ts";

const random = seededRandom(5);
const forecast = Float64Array.from({ length: 5000 }, () => random() - 0.5);
const noise = forecast.map(() => random() - 0.5);
const none = new Float64Array(5000);
const outcomes = (said: Float64Array, truth: Float64Array): Outcomes => ({
  ...{ forecast: said, truth, mean: none, reference: none, in80: none, in90: none, scale: null },
});

Deno.test("reliability() puts the truths of honest forecasts on the forecasts, lowest first", () => {
  const deciles = reliability(outcomes(forecast, forecast.map((p, i) => p + noise[i]!)), 10);
  assertEquals(deciles.length, 10);
  deciles.forEach(({ forecast: said, truth, low, high }, i) => {
    assert(Math.abs(said - (i - 4.5) / 10) < 0.02, `decile ${i} says ${said}`);
    assert(
      low < truth && truth < high && Math.abs(truth - said) < 0.06,
      `${said} came as ${truth}`,
    );
  });
});

Deno.test("reliability() shows that noise follows no forecast", () => {
  for (const { low, high } of reliability(outcomes(forecast, noise), 10)) {
    assert(low < 0.03 && high > -0.03);
  }
});

Deno.test("reliability() has no groups of forecasts that hardly vary", () => {
  assertEquals(reliability(outcomes(none, noise), 10), []);
  assertEquals(reliability(outcomes(forecast.map((p) => p > 0 ? 1 : 0), noise), 10), []);
});

Deno.test("reliability() survives a group that some drawings of blocks miss", () => {
  const late = Float64Array.from(forecast, (_, i) => i);
  for (const decile of reliability(outcomes(late, noise), 1000)) {
    assert(Object.values(decile).every(Number.isFinite), JSON.stringify(decile));
  }
});
