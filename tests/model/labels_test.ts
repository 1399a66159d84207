import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  blend,
  classInterval,
  classOf,
  expectedClass,
  frequencies,
  normalProbabilities,
} from "../../src/model/labels.ts";

Deno.test("classOf() parts at the barriers, which belong to the middle", () => {
  assertEquals([-0.51, -0.5, 0, 0.5, 0.51].map((z) => classOf(z, 0.5)), [-1, 0, 0, 0, 1]);
});

Deno.test("normalProbabilities() are those of the normal distribution", () => {
  const [down, neutral, up] = normalProbabilities(0, 0.5);
  assertAlmostEquals(down, 0.3085375, 1e-6);
  assertAlmostEquals(neutral, 0.3829249, 1e-6);
  assertAlmostEquals(up, 0.3085375, 1e-6);
  assertAlmostEquals(normalProbabilities(1, 0.5)[2], 0.6914625, 1e-6);
});

Deno.test("blend() stays between its parts and sums to 1", () => {
  const base = frequencies([-1, -1, 0, 1, 1, 1, 1]);
  assertEquals(base, [0.3, 0.2, 0.5]);
  for (const weight of [0, 0.05, 0.5, 1]) {
    const mixed = blend(normalProbabilities(-2, 0.5), base, weight);
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
