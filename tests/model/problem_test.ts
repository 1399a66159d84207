import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { candlesRead, stateProblem, warmUp } from "../../src/model/problem.ts";
import { type Series, tail } from "../../src/model/series.ts";
import type { ModelSpec } from "../../src/model/spec.ts";
import { HOUR_MS, madeUpCandles, withOtherFuture } from "./synthetic.ts";

const series = madeUpCandles(2000, 1);
const specs: ModelSpec[] = [
  { target: "log-return", horizonMs: 24 * HOUR_MS, learner: "auto" },
  { target: "volatility", horizonMs: 24 * HOUR_MS, learner: "auto" },
];

Deno.test("stateProblem() knows nothing about candles after the base", () => {
  for (const spec of specs) {
    const at = (candles: Series) => stateProblem(candles, spec, Int32Array.of(900, 1400));
    const [before, after] = [at(series), at(withOtherFuture(series, 1400))];
    for (const known of ["x", "sigma", "scale", "ewma", "persistence"] as const) {
      assertEquals(before[known], after[known], `${spec.target}: ${known} looked ahead`);
    }
    assert(before.truth[1] !== after.truth[1]);
  }
});

Deno.test("stateProblem() needs no more history than candlesRead() says", () => {
  for (const spec of specs) {
    const recent = tail(series, candlesRead(spec, HOUR_MS));
    const whole = stateProblem(series, spec, Int32Array.of(1999));
    const live = stateProblem(recent, spec, Int32Array.of(recent.close.length - 1));
    whole.x.forEach((value, i) =>
      assertAlmostEquals(live.x[i]!, value, 1e-8, `${spec.target}: ${whole.features[i]}`)
    );
    assertAlmostEquals(live.sigma[0]!, whole.sigma[0]!, 1e-12);
  }
});

Deno.test("stateProblem() takes a filled candle neither as base nor as end of a label", () => {
  const real = Uint8Array.from(series.real);
  real[1000] = 0;
  const gapped = { ...series, real };
  for (const spec of specs) {
    const { truth } = stateProblem(gapped, spec, Int32Array.of(975, 976, 977, 1000, 1001));
    assertEquals([...truth].map(Number.isNaN), [false, true, false, true, false]);
  }
});

Deno.test("stateProblem() has thirty-four features for returns, all finite in a flat market", () => {
  const flat = {
    ...series,
    ...Object.fromEntries(
      ["open", "high", "low", "close"].map((name) => [name, series.close.map(() => 7)]),
    ),
    volume: new Float64Array(2000),
  };
  for (const spec of specs) {
    const problem = stateProblem(flat, spec, Int32Array.of(800, 1500));
    assert(problem.x.every(Number.isFinite), spec.target);
    if (spec.target === "log-return") assertEquals(problem.features.length, 34);
  }
});

Deno.test("stateProblem() derives its windows from hours for other candles", () => {
  for (const minutes of [5, 60, 240, 1440]) {
    const intervalMs = minutes * 60_000;
    const spec: ModelSpec = { target: "log-return", horizonMs: 2 * intervalMs, learner: "auto" };
    const warm = warmUp(spec, intervalMs);
    assertEquals(warm, 720 * 60 / minutes);
    const candles = { ...madeUpCandles(warm + 10, 2), intervalMs };
    const problem = stateProblem(candles, spec, Int32Array.of(warm));
    assert(problem.x.every(Number.isFinite));
    assertEquals(new Set(problem.features).size, problem.features.length);
  }
});
