import { assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { seriesOf, sliceUntil } from "../../src/market/series.ts";
import { candlesUntil, HOUR_MS, START_MS } from "./fixture.ts";

Deno.test("seriesOf() carries the close forward over a gap and marks what it filled", () => {
  const series = seriesOf(candlesUntil(7, [2, 3, 5]), HOUR_MS);
  assertEquals([series.startMs, series.intervalMs], [START_MS, HOUR_MS]);
  assertEquals([...series.real], [1, 1, 0, 0, 1, 0, 1]);
  assertEquals([...series.close], [100, 101, 101, 101, 104, 104, 106]);
  for (const column of [series.open, series.high, series.low]) assertEquals(column[3], 101);
  assertEquals([...series.volume], [1, 1, 0, 0, 1, 0, 1]);
});

Deno.test("seriesOf() refuses no candles, and candles out of order", () => {
  assertThrows(() => seriesOf([], HOUR_MS), PipelineError, "there are no candles");
  const reversed = [...candlesUntil(3)].reverse();
  assertThrows(() => seriesOf([...reversed, ...reversed], HOUR_MS), PipelineError);
});

Deno.test("sliceUntil() keeps the candles that have ended, without a copy", () => {
  const series = seriesOf(candlesUntil(5), HOUR_MS);
  const lengthAt = (ms: number) => sliceUntil(series, START_MS + ms).close.length;
  assertEquals(lengthAt(2 * HOUR_MS), 2);
  assertEquals(lengthAt(2 * HOUR_MS - 1), 1);
  assertEquals([lengthAt(-HOUR_MS), lengthAt(99 * HOUR_MS)], [0, 5]);
  assertEquals(sliceUntil(series, START_MS + HOUR_MS).close.buffer, series.close.buffer);
});
