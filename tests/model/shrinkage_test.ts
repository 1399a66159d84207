import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { shrinkage } from "../../src/model/shrinkage.ts";

const noise = (seed: number, length: number) => {
  const random = seededRandom(seed);
  return Float64Array.from({ length }, () => random() + random() + random() - 1.5);
};
const blocks = Int32Array.from({ length: 4000 }, (_, i) => Math.floor(i / 100));

Deno.test("shrinkage() believes a good forecast almost wholly", () => {
  const forecast = noise(1, 4000);
  const error = noise(2, 4000);
  const { factor, slope } = shrinkage(
    forecast,
    forecast.map((f, i) => f + error[i]!),
    blocks,
    0.05,
  );
  assertAlmostEquals(slope, 1, 0.1);
  assert(factor > 0.9 && factor <= 1, `factor ${factor}`);
});

Deno.test("shrinkage() takes the end of the slope's interval that is nearer to the prior", () => {
  const forecast = noise(3, 4000);
  const error = noise(4, 4000);
  const outcome = forecast.map((f, i) => f / 2 + error[i]!);
  const { factor, slope, slopeError } = shrinkage(forecast, outcome, blocks, 0.05);
  assertAlmostEquals(slope, 0.5, 0.1);
  assertAlmostEquals(factor, slope - 1.645 * slopeError!, 1e-12);
  // Believed until refuted, it stops at the other end of the same interval.
  const believed = shrinkage(forecast, outcome, blocks, 1).factor;
  assertAlmostEquals(believed, slope + 1.645 * slopeError!, 1e-12);
});

Deno.test("shrinkage() leaves a twentieth, never 0, of a worthless or contrary forecast", () => {
  const forecast = noise(5, 4000);
  assertEquals(shrinkage(forecast, noise(6, 4000), blocks, 0.05).factor, 0.05);
  assertEquals(shrinkage(forecast, forecast.map((f) => -f), blocks, 0.05).factor, 0.05);
});

Deno.test("shrinkage() keeps to the prior while there is too little to judge by", () => {
  const few = Int32Array.from({ length: 4000 }, (_, i) => Math.floor(i / 1000));
  assertEquals(shrinkage(noise(7, 4000), noise(7, 4000), few, 0.05).factor, 0.05);
  assertEquals(shrinkage([], [], [], 1), { factor: 1, slope: 0, slopeError: null });
});
