import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { seededRandom } from "../../src/model/bootstrap.ts";
import {
  blend,
  classInterval,
  expectedClass,
  frequencies,
  inMillionths,
  type Probabilities,
  tilted,
} from "../../src/model/labels.ts";

Deno.test("tilted() makes the upper barrier e^(2·z·barrier) times as likely against the lower one", () => {
  const base: Probabilities = [0.25, 0.35, 0.4];
  const [down, neutral, up] = tilted(base, 0.3, 1.5);
  assertAlmostEquals(down + neutral + up, 1, 1e-15);
  assertAlmostEquals(up / down, 0.4 / 0.25 * Math.exp(0.9), 1e-12);
  tilted(base, 0, 1).forEach((p, i) => assertAlmostEquals(p, base[i]!, 1e-15));
  assert(tilted(base, 1e6, 1)[0] > 0, "no forecast makes a class impossible");
});

Deno.test("inMillionths() sums to exactly 1 in decimals and moves nothing by more than two of them", () => {
  const random = seededRandom(1);
  for (let i = 0; i < 1000; i++) {
    const [a, b, c] = [random(), random(), random()];
    const total = a + b + c;
    const exact: Probabilities = [a / total, b / total, 1 - a / total - b / total];
    const rounded = inMillionths(exact);
    const millionths = rounded.map((p) => {
      const digits = p.toFixed(6);
      assertEquals(Number(digits), p);
      return BigInt(digits.replace(".", ""));
    });
    assertEquals(millionths.reduce((sum, part) => sum + part), 1_000_000n);
    rounded.forEach((p, k) => assertAlmostEquals(p, exact[k]!, 2e-6));
  }
});

Deno.test("blend() stays between its parts and sums to 1", () => {
  const base = frequencies([-1, -1, 0, 1, 1, 1, 1]);
  assertEquals(base, [0.3, 0.2, 0.5]);
  for (const weight of [0, 0.05, 0.5, 1]) {
    const mixed = blend(tilted(base, -2, 0.5), base, weight);
    assertAlmostEquals(mixed[0] + mixed[1] + mixed[2], 1, 1e-15);
    assert(mixed.every((p) => p >= 0 && p <= 1));
  }
  assertAlmostEquals(expectedClass(base), 0.2, 1e-15);
});

Deno.test("classInterval() leaves out the classes that are too unlikely", () => {
  assertEquals(classInterval([0.3, 0.4, 0.3], 0.1), [-1, 1]);
  assertEquals(classInterval([0.02, 0.4, 0.58], 0.1), [0, 1]);
  assertEquals(classInterval([0.01, 0.02, 0.97], 0.1), [1, 1]);
  assertEquals(classInterval([0.97, 0.02, 0.01], 0.1), [-1, -1]);
  assertEquals(classInterval([0.01, 0.98, 0.01], 0.1), [0, 0]);
});
