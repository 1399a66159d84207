import { assertEquals } from "@std/assert";
import type { Candle } from "../../../src/market/candle.ts";
import { coinbase } from "../../../src/market/venues/coinbase.ts";
import { candleAt, candlesUntil, HOUR_MS, START_MS } from "../fixture.ts";
import { type Exchange, json, QUERY, serving, testExchange, withVenue } from "./exchange.ts";

const rowOf = ({ openMs, low, high, open, close, volume }: Candle) => [
  ...[openMs / 1000, low, high, open, close, volume],
];

const ROW = rowOf(candleAt(0));
const exchange: Exchange = {
  dialect: coinbase,
  /** Newest first, and one from before `start`. */
  answer({ searchParams }, market) {
    const [from = 0, to = 0] = ["start", "end"]
      .map((name) => Date.parse(searchParams.get(name) ?? ""));
    if ((to - from) / HOUR_MS > 300) throw new Error("more than 300 candles are asked for");
    return market.filter(({ openMs }) => openMs >= from - HOUR_MS && openMs <= to)
      .map(rowOf).toReversed();
  },
  pages: 9,
  failure: [{ message: "Public rate limit exceeded" }, "the answer is Public rate limit exceeded"],
  unknownPair: [() => json({ message: "NotFound" }, { status: 404 }), "NotFound", "config"],
  wrongTime: [ROW.with(0, START_MS)],
  wrongClose: [[...ROW.slice(0, 4), "100,5", 1]],
  empty: [],
};
testExchange(exchange);

Deno.test("coinbase: both ends are given and a name for ourselves, at ten pages a second at most", () =>
  withVenue(coinbase, serving(exchange, candlesUntil(900)), async (venue, seen) => {
    await venue.candles({ ...QUERY, toMs: START_MS + 301 * HOUR_MS });
    assertEquals(seen.urls.map(({ pathname, search }) => pathname + search), [
      "/products/BTC-USD/candles?granularity=3600" +
      "&start=2024-01-01T00:00:00.000Z&end=2024-01-13T11:00:00.000Z",
      "/products/BTC-USD/candles?granularity=3600" +
      "&start=2024-01-13T12:00:00.000Z&end=2024-01-13T12:00:00.000Z",
    ]);
    assertEquals(seen.requests[0]?.headers.get("user-agent"), "allora-pipeline");
    assertEquals(seen.sleeps, [100]);
  }));
