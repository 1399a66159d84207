import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { bestShares, combined } from "../../src/model/combination.ts";

const noise = (seed: number, length = 2000) =>
  Float64Array.from({ length }, seededRandom(seed)).map((u) => u - 0.5);
const every = Array.from(noise(0).keys());

Deno.test("combined() moves the reference towards each member by its weight", () => {
  const said = (member: string) => member === "ridge" ? 3 : 7;
  assertAlmostEquals(combined(1, { ridge: 0.5, mean: 0.25 }, said), 1 + 0.5 * 2 + 0.25 * 6, 1e-15);
  assertEquals(combined(1, {}, said), 1);
});

Deno.test("bestShares() finds the shares that an outcome was mixed from", () => {
  const [a, b, c] = [noise(1), noise(2), noise(3)];
  const outcome = a.map((value, i) => 0.5 * value + 0.2 * b[i]!);
  const found = bestShares([a, b, c], outcome, every);
  [0.5, 0.2, 0].forEach((share, i) => assertAlmostEquals(found[i]!, share, 1e-6));
});

Deno.test("bestShares() gives nothing to a member that is wrong, and no more than everything to one that is right", () => {
  const [a, b] = [noise(4), noise(5)];
  const outcome = a.map((value, i) => 3 * value - b[i]!);
  const found = bestShares([a, b], outcome, every);
  assertAlmostEquals(found[0]!, 1, 1e-9);
  assertEquals(found[1], 0);
  assert(bestShares([a], a.map((value) => -value), every)[0] === 0);
});

Deno.test("bestShares() sums to at most 1 and is no worse than any other shares, twins included", () => {
  const members = [noise(6), noise(6).map((value) => 1.2 * value), noise(7)];
  const outcome = noise(8).map((value, i) => value + 0.6 * members[0]![i]! + 0.5 * members[2]![i]!);
  const loss = (shares: readonly number[]) =>
    every.reduce(
      (sum, row) =>
        sum + (outcome[row]! - shares.reduce((s, w, i) => s + w * members[i]![row]!, 0)) ** 2,
      0,
    );
  const found = bestShares(members, outcome, every);
  assert(found.every((share) => share >= 0) && found.reduce((sum, w) => sum + w, 0) <= 1 + 1e-12);
  const random = seededRandom(9);
  for (let i = 0; i < 200; i++) {
    const drawn = [random(), random(), random(), random()];
    const total = drawn.reduce((sum, w) => sum + w, 0);
    assert(loss(found) <= loss(drawn.slice(0, 3).map((w) => w / total)) + 1e-9);
  }
});
