import { assertEquals, assertStringIncludes } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import type { Candle } from "../../src/market/candle.ts";
import { lastFinalMinute, priceOfMinute } from "../../src/market/minute.ts";
import type { CandleStore } from "../../src/market/store.ts";
import type { Venue } from "../../src/market/venue.ts";
import { brokenVenue, refusalOf, START_MS, venueOf, withStore } from "./fixture.ts";

const MINUTE_MS = 60_000;
const NAME = "BTC/USD binance single minutes";
const DOWN = new PipelineError("unavailable", "status is 451", { hint: "choose another" });

/** The minutes whose numbers are given; number i opens i minutes after the start and closes at 100 + i. */
function minutes(...numbers: readonly number[]): readonly Candle[] {
  return numbers.map((i) => ({
    openMs: START_MS + i * MINUTE_MS,
    ...{ open: 100 + i, high: 101 + i, low: 99 + i, close: 100 + i, volume: 1 },
  }));
}
const upTo = (count: number) => minutes(...Array(count).keys());
const remote = (name: string, candles: readonly Candle[]) => ({
  ...venueOf(name, candles),
  remote: true as const,
});

/** The price at that minute after the start, as of so many seconds after it. */
function priceAt(store: CandleStore, minute: number, venues: readonly Venue[], seconds = 60) {
  const minuteMs = START_MS + minute * MINUTE_MS;
  return priceOfMinute({
    ...{ store, venues, pair: "BTC/USD", name: NAME, minuteMs },
    ...{ nowMs: minuteMs + seconds * 1000, maxDisagreement: 0.01 },
  });
}

Deno.test("the price at a minute is the close of the one that has just ended, once that is final", () =>
  withStore(async (store) => {
    const venue = remote("binance", upTo(100));
    const at = async (seconds: number) => {
      const { price, endMs, complaints } = await priceAt(store, 30, [venue], seconds);
      assertEquals(complaints, []);
      return [price, (endMs - START_MS) / MINUTE_MS];
    };
    assertEquals(await at(59.9), [128, 29]);
    assertEquals(await at(60), [129, 30]);
    assertEquals(await at(9000), [129, 30]);
    assertEquals(venue.asked.length, 2, "what is stored is not asked for again");
    assertEquals(store.read(NAME, MINUTE_MS, 0, Infinity)?.close.length, 2);
    assertEquals(lastFinalMinute(START_MS, START_MS + 59_999), START_MS - MINUTE_MS);
  }));

Deno.test("a minute without a trade has the price of the last one before it, of ten at most", () =>
  withStore(async (store) => {
    const venue = remote("coinbase", minutes(5, 22, 23));
    assertEquals((await priceAt(store, 30, [venue])).price, 123);
    const refusal = await refusalOf(() => priceAt(store, 60, [venue]));
    assertEquals(refusal.kind, "unavailable");
    assertStringIncludes(refusal.message, "no venue has a trade; coinbase has no candles");
  }));

Deno.test("a venue that fails or lags gives way to the next, and a file is not asked for minutes", () =>
  withStore(async (store) => {
    const hours = venueOf("csv:hours.csv", upTo(100));
    const broken = { ...brokenVenue("binance", DOWN), remote: true as const };
    const lagging = remote("coinbase", upTo(25));
    const good = remote("bitstamp", upTo(30));
    const found = await priceAt(store, 30, [hours, broken, lagging, good]);
    assertEquals([found.price, found.complaints.slice(0, 2)], [129, [
      "binance said: status is 451",
      "coinbase has nothing newer than 2024-01-01T00:25:00.000Z",
    ]]);
    assertEquals(hours.asked, []);
    const short = { ...good, reach: 719 };
    for (const [venue, seconds] of [[hours, 60], [short, 60_000]] as const) {
      const refusal = await refusalOf(() => priceAt(store, 45, [venue], seconds));
      assertEquals(refusal.kind, "config");
      assertStringIncludes(refusal.message, "no venue has its minutes");
    }
  }));

Deno.test("a stored minute before stands in for one that nobody gives, and for none that is disputed", () =>
  withStore(async (store) => {
    const broken = { ...brokenVenue("binance", DOWN), remote: true as const };
    await priceAt(store, 30, [remote("binance", upTo(29))], 0);
    assertEquals(await priceAt(store, 30, [broken]), {
      ...{ price: 128, endMs: START_MS + 29 * MINUTE_MS },
      complaints: ["Cannot refresh BTC/USD candles: binance said: status is 451"],
    });
    await refusalOf(() => priceAt(store, 32, [broken]));
    const other = remote("bitstamp", upTo(30).map((each) => ({ ...each, close: 150, high: 150 })));
    const refusal = await refusalOf(() => priceAt(store, 30, [remote("binance", upTo(30)), other]));
    assertStringIncludes(refusal.message, "binance closes at 129 and bitstamp at 150");
  }));
