import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { driftAlarms } from "../../src/model/drift.ts";

/** Squared normal errors of these standard deviations. */
function squaredErrors(
  seed: number,
  ...stretches: readonly (readonly [count: number, sd: number])[]
) {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return stretches.flatMap(([count, sd]) =>
    Array.from({ length: count }, () => (sd * normal()) ** 2)
  );
}

Deno.test("driftAlarms() is silent on 200 losses of unchanging noise in 95 of 100 cases", () => {
  const seeds = 400;
  let alarmed = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    if (driftAlarms(squaredErrors(seed, [200, 1])).length > 0) alarmed++;
  }
  assert(alarmed <= 0.05 * seeds, `${alarmed} of ${seeds}`);
});

Deno.test("driftAlarms() hears within 60 losses that errors have doubled, in 9 of 10 cases", () => {
  const seeds = 200;
  let heard = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const alarms = driftAlarms(squaredErrors(seed, [60, 1], [60, 2]));
    if (alarms.some((i) => i >= 60)) heard++;
  }
  assert(heard >= 0.9 * seeds, `${heard} of ${seeds}`);
});

Deno.test("driftAlarms() says nothing of few losses, of losses that never change or that fall", () => {
  assertEquals(driftAlarms([]), []);
  assertEquals(driftAlarms([...Array(10).fill(1), ...Array(10).fill(1000)]), []);
  assertEquals(driftAlarms(Array(500).fill(1)), []);
  assertEquals(driftAlarms(squaredErrors(1, [60, 2], [60, 0.5])), []);
});
