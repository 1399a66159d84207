import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { windowsForAccuracy, windowsForCorrelation } from "../../src/model/power.ts";
import type { LearnerScore } from "../../src/model/scores.ts";
import { judge } from "../../src/model/verdict.ts";

const WEEK_MS = 7 * 86_400_000;
const measure = (value: number, low: number, high: number, pValue: number | null = 0.01) => ({
  value,
  low,
  high,
  pValue,
});
const scored = (mseRatio: LearnerScore["mseRatio"], r: number | null) =>
  ({ mseRatio, correlation: r === null ? null : measure(r, r - 0.1, r + 0.1) }) as LearnerScore;

Deno.test("windowsForAccuracy() and windowsForCorrelation() are the known sample sizes", () => {
  assertAlmostEquals(windowsForAccuracy(0.52), 3860, 3);
  assertAlmostEquals(windowsForAccuracy(0.55), 617, 2);
  assertEquals(windowsForCorrelation(0.1), 385);
});

Deno.test("judge() believes a learner only below 1 throughout and when shifted forecasts do worse", () => {
  const skill = (low: number, high: number, p: number | null) =>
    judge(scored(measure((low + high) / 2, low, high, p), 0.05), "zero", WEEK_MS).skill;
  assertEquals(skill(0.9, 0.99, 0.01), "better");
  assertEquals(skill(0.9, 0.99, 0.2), "none");
  assertEquals(skill(0.9, 0.99, null), "none");
  assertEquals(skill(0.9, 1.01, 0.01), "none");
  assertEquals(skill(1.01, 1.1, 0.9), "worse");
});

Deno.test("judge() says what sample it would take where there is no evidence", () => {
  const none = measure(1, 0.98, 1.02, 0.4);
  const found = judge(scored(none, 0.1), "zero", WEEK_MS).needed!;
  assertEquals([found.of, found.windows], ["the correlation of 0.100 found here", 385]);
  assertAlmostEquals(found.years, 7.4, 0.05);
  for (const r of [null, -0.2, 0.001]) {
    const { of, years } = judge(scored(none, r), "zero", WEEK_MS).needed!;
    assertEquals(of, "a direction right 52 % of the time");
    assertAlmostEquals(years, 74, 0.1);
  }
  assert(judge(scored(measure(0.5, 0.4, 0.6), 0.5), "zero", WEEK_MS).needed === null);
});
