import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { PipelineError } from "../../src/errors.ts";
import { seriesOf } from "../../src/market/series.ts";
import { openCandleStore } from "../../src/market/store.ts";
import { candleAt, candlesUntil, HOUR_MS, START_MS, withStore } from "./fixture.ts";

const PAIR = "BTC/USD";

Deno.test("read() gives back what put() took, as the same series", () =>
  withStore((store) => {
    const candles = candlesUntil(9, [4]);
    store.put(PAIR, HOUR_MS, candles, "binance");
    store.put("ETH/USD", HOUR_MS, [candleAt(100)], "binance");
    assertEquals(store.read(PAIR, HOUR_MS, START_MS, Infinity), seriesOf(candles, HOUR_MS));
    const inner = store.read(PAIR, HOUR_MS, START_MS + HOUR_MS, START_MS + 4 * HOUR_MS);
    assertEquals(inner && [...inner.close], [101, 102, 103]);
    assertEquals(store.read(PAIR, 60_000, 0, Infinity), undefined);
    assertEquals(store.newestMs(PAIR, HOUR_MS), candleAt(8).openMs);
  }));

Deno.test("put() replaces a candle that was fetched before it was final", () =>
  withStore((store) => {
    store.put(PAIR, HOUR_MS, [candleAt(0)], "binance");
    store.put(PAIR, HOUR_MS, [{ ...candleAt(0), close: 101.5 }], "binance");
    assertEquals([...store.read(PAIR, HOUR_MS, 0, Infinity)?.close ?? []], [101.5]);
  }));

Deno.test("closeAt() is the close of the candle that was the last to end by that minute", () =>
  withStore((store) => {
    store.put(PAIR, HOUR_MS, candlesUntil(6, [3]), "binance");
    const closeAt = (ms: number) => store.closeAt(PAIR, HOUR_MS, START_MS + ms);
    assertEquals(closeAt(2 * HOUR_MS), 101);
    assertEquals(closeAt(2 * HOUR_MS + 59_999), 101);
    assertEquals(closeAt(3 * HOUR_MS - 1), 101);
    assertEquals(closeAt(4 * HOUR_MS + 60_000), undefined, "its candle is a gap");
    assertEquals(closeAt(5 * HOUR_MS), 104);
    assertEquals(closeAt(0), undefined);
    assertEquals(closeAt(7 * HOUR_MS), undefined, "an older close does not stand in");
  }));

Deno.test("openCandleStore() refuses a newer schema and says so", () =>
  withStore((_store, path) => {
    using sqlite = new DatabaseSync(path);
    sqlite.exec("PRAGMA user_version = 7");
    const refusal = assertThrows(() => openCandleStore(path), PipelineError, "newer than 1");
    assertEquals(refusal.exitCode, 78);
  }));
