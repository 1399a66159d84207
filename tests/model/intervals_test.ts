import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { adaptedLevel, conformalQuantile } from "../../src/model/intervals.ts";

const HOUR_MS = 3_600_000;
const record = (days: number, missed: (row: number) => boolean) => ({
  rows: Array.from({ length: 24 * days }, (_, row) => row),
  madeMs: (row: number) => row * HOUR_MS,
  missed,
});

Deno.test("adaptedLevel() stays where it is while intervals hold what they promise", () => {
  assertAlmostEquals(adaptedLevel(0.9, record(300, (row) => row % 10 === 0)), 0.9, 1e-3);
  assertEquals(adaptedLevel(0.9, record(0, () => true)), 0.9);
});

Deno.test("adaptedLevel() asks for more after misses and for less after too few", () => {
  const after = (share: number) => adaptedLevel(0.9, record(60, (row) => row % 100 < 100 * share));
  assertAlmostEquals(after(0.15), 0.93, 5e-3);
  assertAlmostEquals(after(0.05), 0.87, 5e-3);
  assert(after(1) <= 0.99 && after(0) >= 0.45);
});

Deno.test("adaptedLevel() counts time and not forecasts: a finer grid moves it no further", () => {
  const coarse = { ...record(60, () => true), rows: Array.from({ length: 360 }, (_, i) => 4 * i) };
  const of = (missed: boolean) =>
    adaptedLevel(0.9, { ...coarse, missed: (row) => missed && row % 24 < 4 });
  const fine = adaptedLevel(0.9, record(60, (row) => row % 24 < 4));
  assertAlmostEquals(of(true), fine, 0.01);
});

Deno.test("conformalQuantile() corrects for few scores and has none without any", () => {
  assertEquals(conformalQuantile(Float64Array.of(1, 2, 3, 4, 5), 0.9), 5);
  assertEquals(conformalQuantile(new Float64Array(), 0.9), NaN);
});
