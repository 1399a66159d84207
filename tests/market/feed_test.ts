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
      ...{ fetched: 50, venue: "binance", complaints: [], suspects: [] },
    });
    assertEquals(await refreshAt(store, 102.2, [venue]), {
      ...{ fetched: 5, venue: "binance", complaints: [], suspects: [] },
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
      suspects: [],
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

/** What refresh() asks of a venue that gives only its newest 20 candles. */
const SHORT = { reach: 20, remote: true } as const;

Deno.test("a venue that cannot reach far back tops up, and the next one gives the past", () =>
  withStore(async (store) => {
    const short = { ...venueOf("kraken", candlesUntil(200)), ...SHORT };
    const long = venueOf("bitstamp", candlesUntil(200));
    assertEquals((await refreshAt(store, 100, [short, long])).venue, "bitstamp");
    assertEquals((await refreshAt(store, 102, [short, long])).venue, "kraken");
    assertEquals([short.asked, long.asked], [[[97, 102]], [[50, 100]]]);
    // It has been away for longer than the first venue remembers.
    assertEquals((await refreshAt(store, 150, [short, long])).venue, "bitstamp");
    assertEquals(long.asked.slice(1), [[99, 150]]);
  }));

Deno.test("what no venue reaches is told once, and fetched when a venue comes that does", () =>
  withStore(async (store) => {
    const short = { ...venueOf("kraken", candlesUntil(300)), ...SHORT };
    const first = await refreshAt(store, 100, [short]);
    assertEquals([first.fetched, first.complaints], [20, [
      "no venue reaches back beyond 2024-01-04T08:00:00.000Z",
    ]]);
    assertEquals((await refreshAt(store, 101, [short])).complaints, []);
    await refreshAt(store, 200, [short]);
    assertEquals(short.asked, [[80, 100], [97, 101], [180, 200]]);
    const long = venueOf("bitstamp", candlesUntil(300));
    await refreshAt(store, 201, [short, long], 150);
    assertEquals(long.asked, [[51, 180]]);
    assertEquals(store.read(PAIR, HOUR_MS, 0, Infinity)?.real.every((real) => real === 1), true);
  }));

/** A venue asked over the network whose prices are `factor` times the usual ones. */
function priced(name: string, factor: number, count = 100) {
  const candles = candlesUntil(count).map((candle) => ({
    ...candle,
    close: candle.close * factor,
  }));
  return { ...venueOf(name, candles), remote: true as const };
}

Deno.test("two venues whose last closes are 1 % apart are both named with their prices", () =>
  withStore(async (store) => {
    const refusal = await refusalOf(() =>
      refreshAt(store, 100, [priced("binance", 1), priced("kraken", 1.0102)])
    );
    assertEquals(refusal.kind, "unavailable");
    assertStringIncludes(
      refusal.message,
      "binance closes at 199 and kraken at 201.0298 at 2024-01-05T04:00:00.000Z, 1.01 % apart, " +
        "more than 1.00 %",
    );
    assertEquals(store.newestMs(PAIR, HOUR_MS), undefined, "nothing of it is stored");
    const agreed = await refreshAt(store, 100, [priced("binance", 1), priced("kraken", 0.991)]);
    assertEquals([agreed.venue, agreed.complaints], ["binance", []]);
  }));

Deno.test("the second venue is asked for three candles, and may be a little behind", () =>
  withStore(async (store) => {
    const second = priced("kraken", 1, 99);
    await refreshAt(store, 100, [priced("binance", 1), second]);
    assertEquals(second.asked, [[97, 100]]);
    const far = priced("kraken", 2, 99);
    await refusalOf(() => refreshAt(store, 100, [priced("binance", 1), far]));
  }));

Deno.test("closes that cannot be compared are used, and told", () =>
  withStore(async (store) => {
    const good = priced("binance", 1);
    const broken = { ...brokenVenue("kraken", DOWN), remote: true as const };
    const complaintsWith = async (...venues: readonly Venue[]) =>
      (await refreshAt(store, 100, venues)).complaints;
    assertEquals(await complaintsWith(good, broken), [
      "kraken said: status is 451; binance is not compared",
    ]);
    assertEquals(await complaintsWith(broken, good), [
      ...["kraken said: status is 451", "no second venue answers; binance is not compared"],
    ]);
    assertEquals(await complaintsWith(good, priced("kraken", 1, 90)), [
      "kraken has none of the last 3 candles; binance is not compared",
    ]);
    // A file is no second venue.
    assertEquals(await complaintsWith(good, venueOf("csv:a.csv", [])), []);
    assertEquals(await complaintsWith(broken, good, priced("coinbase", 1)), [
      "kraken said: status is 451",
    ]);
    // A third is asked when the second fails.
    assertEquals(await complaintsWith(good, broken, priced("coinbase", 1)), [
      "kraken said: status is 451",
    ]);
    const { message } = await refusalOf(() => complaintsWith(good, broken, priced("coinbase", 2)));
    assertStringIncludes(message, "coinbase at");
  }));

Deno.test("a venue that takes over must close as the one before it did", () =>
  withStore(async (store) => {
    await refreshAt(store, 100, [priced("binance", 1)]);
    const { message } = await refusalOf(() => refreshAt(store, 101, [priced("kraken", 1.02, 101)]));
    assertStringIncludes(message, "kraken closes at");
    assertStringIncludes(message, "and binance at");
    assertEquals(store.newestMs(PAIR, HOUR_MS), candleAt(99).openMs, "nothing of it is stored");
    await refreshAt(store, 101, [priced("kraken", 1.005, 101)]);
    assertEquals(store.newestMs(PAIR, HOUR_MS), candleAt(100).openMs);
  }));

Deno.test("candles of one list of venues are never mixed with those of another", () =>
  withStore(async (store) => {
    const common = { store, pair: PAIR, intervalMs: HOUR_MS, historyMs: 50 * HOUR_MS };
    const nowMs = candleAt(100).openMs;
    const from = (name: string, factor: number) =>
      refresh({ ...common, nowMs, name, venues: [priced(name, factor)] });
    await from("binance", 1);
    await from("bitstamp", 2);
    const closes = ["binance", "bitstamp"].map((name) =>
      store.read(name, HOUR_MS, 0, Infinity)?.close.at(-1)
    );
    assertEquals(closes, [candleAt(99).close, 2 * candleAt(99).close]);
  }));

Deno.test("a partial candle that was stored as final is marked, told once, and put right", () =>
  withStore(async (store) => {
    const partial = candlesUntil(100).map((candle, i) =>
      i === 90 ? { ...candle, close: candle.close * 1.02, high: 300 } : candle
    );
    const before = await refreshAt(store, 100, [venueOf("binance", partial)]);
    assertEquals(before.suspects, [candleAt(90).openMs]);
    assertEquals(store.read(PAIR, HOUR_MS, 0, Infinity)?.real[90 - 50], 1, "it is not dropped");
    const still = venueOf("binance", partial);
    assertEquals((await refreshAt(store, 100, [still])).suspects, []);
    assertEquals(still.asked, [[90, 100]]);
    const right = venueOf("binance", candlesUntil(100));
    assertEquals((await refreshAt(store, 100, [right])).suspects, []);
    assertEquals(store.read(PAIR, HOUR_MS, 0, Infinity)?.close[90 - 50], candleAt(90).close);
    assertEquals(store.jumps(PAIR, HOUR_MS, 0), []);
  }));

Deno.test("a candle that a fast head took before its venue had ended it is put right by the next visit", () =>
  withStore(async (store) => {
    const running = { ...candleAt(99), close: 150, high: 250, volume: 0.1 };
    await refreshAt(store, 100, [venueOf("binance", [...candlesUntil(99), running])]);
    assertEquals(store.read(PAIR, HOUR_MS, 0, Infinity)?.close.at(-1), 150);
    await refreshAt(store, 100.1, [venueOf("binance", candlesUntil(101))]);
    assertEquals(store.read(PAIR, HOUR_MS, 0, Infinity)?.close.at(-1), candleAt(99).close);
  }));

Deno.test("a gap among the newest 24 candles is asked for until it is filled, an older one is let be", () =>
  withStore(async (store) => {
    const lacking = (count: number) => venueOf("atlas", candlesUntil(count, [80, 81, 90]));
    await refreshAt(store, 100, [lacking(100)]);
    const still = lacking(101);
    await refreshAt(store, 101, [still]);
    assertEquals(still.asked, [[80, 101]]);
    const late = venueOf("atlas", candlesUntil(102, [80, 81]));
    await refreshAt(store, 102, [late]);
    assertEquals(late.asked, [[80, 102]]);
    assertEquals(store.read(PAIR, HOUR_MS, 0, Infinity)?.real[90 - 50], 1);
    const old = venueOf("atlas", candlesUntil(110, [80, 81]));
    await refreshAt(store, 110, [old]);
    await refreshAt(store, 110, [old]);
    assertEquals(old.asked, [[99, 110], [107, 110]]);
  }));

Deno.test("a jump is none between two venues, nor over a gap", () =>
  withStore((store) => {
    store.put(PAIR, HOUR_MS, [candleAt(0), candleAt(2)], "binance");
    store.put(PAIR, HOUR_MS, [{ ...candleAt(3), open: 110 }], "kraken");
    assertEquals(store.jumps(PAIR, HOUR_MS, 0), []);
    store.put(PAIR, HOUR_MS, [{ ...candleAt(3), open: 110 }], "binance");
    assertEquals(store.jumps(PAIR, HOUR_MS, 0), [candleAt(2).openMs]);
    assertEquals(store.jumps(PAIR, HOUR_MS, candleAt(3).openMs), []);
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

Deno.test("assertFresh() refuses a series of which half the last candles are missing", () => {
  const all = candlesUntil(100);
  const fresh = (every: number) =>
    assertFresh(
      seriesOf(all.filter((_, i) => i % every === every - 1), HOUR_MS),
      START_MS + 100 * HOUR_MS,
    );
  fresh(2);
  const refusal = assertThrows(() => fresh(4), PipelineError, "36 of the last 48 candles");
  assertEquals(refusal.kind, "unavailable");
});
