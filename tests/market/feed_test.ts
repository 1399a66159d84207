import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { assertFresh, loadSeries, refresh } from "../../src/market/feed.ts";
import { seriesOf } from "../../src/market/series.ts";
import type { CandleStore } from "../../src/market/store.ts";
import type { Venue } from "../../src/market/venue.ts";
import {
  brokenVenue,
  candleAt,
  candlesUntil,
  HOUR_MS,
  refusalOf,
  START_MS,
  venueOf,
  withStore,
} from "./fixture.ts";

const PAIR = "BTC/USD";
const DOWN = new PipelineError("unavailable", "status is 451", { hint: "choose another" });

/** Refreshes as of `hours` after the start. */
function refreshAt(store: CandleStore, hours: number, venues: readonly Venue[], historyHours = 50) {
  const nowMs = START_MS + hours * HOUR_MS;
  const historyMs = historyHours * HOUR_MS;
  return refresh({ store, venues, pair: PAIR, intervalMs: HOUR_MS, historyMs, nowMs });
}

Deno.test("refresh() fetches all once, and then what is new with the last three candles", () =>
  withStore(async (store) => {
    const venue = venueOf("binance", candlesUntil(200));
    assertEquals(await refreshAt(store, 100.5, [venue]), {
      ...{ fetched: 50, venue: "binance", complaints: [] },
    });
    assertEquals(await refreshAt(store, 102.2, [venue]), {
      ...{ fetched: 5, venue: "binance", complaints: [] },
    });
    assertEquals((await refreshAt(store, 102.3, [venue])).fetched, 3);
    assertEquals(venue.asked, [[50, 100], [97, 102], [99, 102]]);
    assertEquals(store.newestMs(PAIR, HOUR_MS), candleAt(101).openMs);
  }));

Deno.test("refresh() fetches further back when more history is wanted", () =>
  withStore(async (store) => {
    const venue = venueOf("binance", candlesUntil(200));
    await refreshAt(store, 100, [venue]);
    await refreshAt(store, 100, [venue], 80);
    assertEquals(venue.asked, [[50, 100], [97, 100], [20, 50]]);
  }));

Deno.test("refresh() asks once only for a past in which the pair was not listed", () =>
  withStore(async (store) => {
    const venue = venueOf("binance", candlesUntil(200));
    await refreshAt(store, 10, [venue]);
    await refreshAt(store, 10, [venue]);
    assertEquals(venue.asked, [[-40, 10], [7, 10]]);
  }));

Deno.test("a backfill that was cut short goes on where it stopped", () =>
  withStore(async (store) => {
    const venue = venueOf("binance", candlesUntil(50_000));
    let calls = 0;
    const failing: Venue = {
      name: "binance",
      candles: (query) => ++calls === 2 ? Promise.reject(DOWN) : venue.candles(query),
    };
    await refusalOf(() => refreshAt(store, 50_000, [failing], 50_000));
    assertEquals((await refreshAt(store, 50_000, [failing], 50_000)).fetched, 30_003);
    const asked = [[30_000, 50_000], [49_997, 50_000], [10_000, 30_000], [0, 10_000]];
    assertEquals(venue.asked.map((range) => [...range]), asked);
    assertEquals(store.read(PAIR, HOUR_MS, 0, Infinity)?.close.length, 50_000);
  }));

Deno.test("a venue that fails or lags gives way to the next, and is reported", () =>
  withStore(async (store) => {
    const broken = brokenVenue("binance", DOWN);
    const lagging = venueOf("csv:old.csv", candlesUntil(90));
    const good = venueOf("csv:new.csv", candlesUntil(100));
    assertEquals(await refreshAt(store, 100, [broken, lagging, good]), {
      fetched: 50,
      venue: "csv:new.csv",
      complaints: [
        "binance said: status is 451",
        "csv:old.csv has nothing newer than 2024-01-04T18:00:00.000Z",
      ],
    });
    const { venue, complaints } = await refreshAt(store, 120, [lagging, good]);
    assertEquals([venue, complaints.length], ["csv:new.csv", 2]);
  }));

Deno.test("refresh() says what each venue said when all fail", () =>
  withStore(async (store) => {
    const other = brokenVenue("csv:a.csv", new PipelineError("invalid", "a.csv:7: close is abc"));
    const all = await refusalOf(() => refreshAt(store, 9, [brokenVenue("binance", DOWN), other]));
    assertStringIncludes(all.message, "binance said: status is 451; csv:a.csv said: a.csv:7");
    assertEquals([all.kind, all.hint], ["unavailable", "choose another"]);
    assertEquals((await refusalOf(() => refreshAt(store, 9, [other]))).kind, "invalid");
    assertEquals((await refusalOf(() => refreshAt(store, 9, []))).kind, "config");
  }));

Deno.test("loadSeries() takes the candles that ended by then", () =>
  withStore((store) => {
    store.put(PAIR, HOUR_MS, candlesUntil(10), "binance");
    const load = (hours: number) =>
      loadSeries(store, PAIR, HOUR_MS, START_MS, START_MS + hours * HOUR_MS).close.length;
    assertEquals([load(5), load(5.9), load(99)], [5, 5, 10]);
    const refusal = assertThrows(() => load(0.5), PipelineError, "the store has none");
    assertEquals(refusal.kind, "unavailable");
  }));

Deno.test("assertFresh() refuses a newest candle over two intervals old, saying how old", () => {
  const series = seriesOf(candlesUntil(10), HOUR_MS);
  assertFresh(series, START_MS + 12 * HOUR_MS);
  const refusal = assertThrows(
    () => assertFresh(series, START_MS + 12 * HOUR_MS + 60_000),
    PipelineError,
    "121 min old",
  );
  assertEquals(refusal.kind, "unavailable");
});

Deno.test("assertFresh() refuses a filled candle as the base", () => {
  const series = seriesOf(candlesUntil(10), HOUR_MS);
  series.real[9] = 0;
  assertThrows(() => assertFresh(series, START_MS + 10 * HOUR_MS), PipelineError, "is missing");
});
