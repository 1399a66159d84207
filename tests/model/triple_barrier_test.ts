import { assert, assertEquals } from "@std/assert";
import type { Series } from "../../src/model/series.ts";
import { tripleBarrier } from "../../src/model/triple_barrier.ts";
import { madeUpCandles } from "./synthetic.ts";

type Candle = readonly [open: number, high: number, low: number, close: number, real?: 0];

/** Base at 100, then the given candles. */
function path(...candles: readonly Candle[]): Series {
  const all: readonly Candle[] = [[100, 100, 100, 100], ...candles];
  const column = (i: 0 | 1 | 2 | 3) => Float64Array.from(all, (candle) => candle[i]);
  return {
    startMs: 0,
    intervalMs: 3_600_000,
    open: column(0),
    high: column(1),
    low: column(2),
    close: column(3),
    volume: column(0),
    real: Uint8Array.from(all, (candle) => candle[4] ?? 1),
  };
}

/** Barriers at 100·e^±0.02: 102.02 and 98.02. */
const label = (series: Series, base = 0, horizon = 3) =>
  tripleBarrier(series, base, horizon, 2, 0.01);
const quiet: Candle = [100, 101, 99, 100];

Deno.test("tripleBarrier() is the barrier that a high or a low touches first, wherever the path ends", () => {
  assertEquals(label(path([100, 102.1, 100, 101], [101, 101, 97, 97], quiet)), 1);
  assertEquals(label(path([100, 101, 98, 99], [99, 105, 99, 105], quiet)), -1);
  assertEquals(label(path(quiet, quiet, [100, 103, 100, 100])), 1);
});

Deno.test("tripleBarrier() is neutral when neither is touched, and what comes after the horizon is not seen", () => {
  assertEquals(label(path(quiet, quiet, quiet)), 0);
  assertEquals(label(path(quiet, quiet, quiet, [100, 110, 90, 100])), 0);
});

Deno.test("tripleBarrier() takes the barrier nearer to the open when one candle touches both", () => {
  assertEquals(label(path([101, 103, 97, 100], quiet, quiet)), 1);
  assertEquals(label(path([99, 103, 97, 100], quiet, quiet)), -1);
});

Deno.test("tripleBarrier() knows nothing before the horizon has passed or behind a gap that matters", () => {
  const gap: Candle = [100, 100, 100, 100, 0];
  assertEquals(label(path([100, 103, 100, 103], quiet)), undefined);
  assertEquals(label(path(quiet, gap, quiet)), undefined);
  assertEquals(label(path(quiet, quiet, gap)), undefined);
  assertEquals(label(path(quiet, quiet, quiet, quiet), 1), 0);
  assertEquals(label(path([100, 103, 100, 103], gap, quiet)), 1, "touched before the gap");
});

Deno.test("tripleBarrier() has barriers at a deviation touched about as often as reflection says", () => {
  const series = madeUpCandles(40_000, 12);
  const counts = new Map([[-1, 0], [0, 0], [1, 0]]);
  for (let base = 0; base + 100 < series.close.length; base += 10) {
    const found = tripleBarrier(series, base, 100, 1, 0.005 * Math.sqrt(100))!;
    counts.set(found, counts.get(found)! + 1);
  }
  const total = 3990;
  // Of a Brownian path 0.37 touch neither; a path of candles overshoots a little less.
  const neutral = counts.get(0)! / total;
  assert(neutral > 0.33 && neutral < 0.47, `neutral ${neutral}`);
  assert(Math.abs(counts.get(1)! - counts.get(-1)!) / total < 0.12);
});
