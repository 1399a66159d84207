import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { blockBootstrap, seededRandom, shiftedPValues } from "../../src/model/bootstrap.ts";

const noise = (seed: number, length: number) =>
  Float64Array.from({ length }, seededRandom(seed)).map((u) => u - 0.5);

Deno.test("blockBootstrap() of independent rows has the width of the normal approximation", () => {
  const [mean] = blockBootstrap([noise(1, 2000)], 1, ([average]) => [average!]);
  const expected = 2 * 1.96 * Math.sqrt(1 / 12 / 2000);
  assertAlmostEquals((mean!.high - mean!.low) / expected, 1, 0.1);
  assert(mean!.low < mean!.value && mean!.value < mean!.high);
});

Deno.test("blockBootstrap() widens when neighbours are the same and blocks hold them together", () => {
  const repeated = noise(2, 2000).map((_, i, all) => all[i - i % 50]!);
  const width = (block: number) => {
    const [mean] = blockBootstrap([repeated], block, ([average]) => [average!]);
    return mean!.high - mean!.low;
  };
  assert(width(200) > 4 * width(1));
});

Deno.test("blockBootstrap() gives the same interval for the same seed", () => {
  const draw = (seed: number) => blockBootstrap([noise(3, 300)], 20, ([mean]) => [mean!], seed);
  assertEquals(draw(7), draw(7));
  assert(draw(7)[0]!.low !== draw(8)[0]!.low);
});

Deno.test("shiftedPValues() are small for forecasts in time and large for those that are not", () => {
  const truth = noise(4, 3000);
  const error = noise(5, 3000);
  const scores = [
    (row: number, forecast: number) => truth[row]! * forecast,
    (row: number, forecast: number) => -Math.abs(truth[row]! - forecast),
  ];
  assertEquals(shiftedPValues(truth.map((y, i) => y + error[i]!), 50, scores), [1 / 200, 1 / 200]);
  for (const pValue of shiftedPValues(error, 50, scores)) assert(pValue! > 0.05);
  assertEquals(shiftedPValues(new Float64Array(3000), 50, scores), [null, null]);
  assertEquals(shiftedPValues(error.slice(0, 60), 50, scores), [null, null]);
});
