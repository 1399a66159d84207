import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Candle } from "../../../src/market/candle.ts";
import { bitstamp } from "../../../src/market/venues/bitstamp.ts";
import { candleAt, candlesUntil, refusalOf, START_MS } from "../fixture.ts";
import { type Exchange, json, QUERY, serving, testExchange, withVenue } from "./exchange.ts";

const rowOf = ({ openMs, open, high, low, close, volume }: Candle) => ({
  timestamp: String(openMs / 1000),
  open: String(open),
  high: String(high),
  low: String(low),
  close: String(close),
  volume: volume.toFixed(8),
});

const answerOf = (ohlc: readonly unknown[], pair = "BTC/USD") => ({ data: { pair, ohlc } });
const ROW = rowOf(candleAt(0));
const exchange: Exchange = {
  dialect: bitstamp,
  /** The end itself is given, too. */
  answer({ searchParams }, market) {
    const [from = 0, to = 0, limit = 0] = ["start", "end", "limit"]
      .map((name) => Number(searchParams.get(name)));
    const rows = market.filter(({ openMs }) => openMs / 1000 >= from && openMs / 1000 <= to);
    if (rows.length > limit) throw new Error(`more than ${limit} candles are asked for`);
    return answerOf(rows.map(rowOf));
  },
  pages: 3,
  failure: [
    { code: "400.002", errors: [{ code: "400.002", message: "Rate limit" }] },
    `the answer is [{"code":"400.002","message":"Rate limit"}]`,
  ],
  unknownPair: [() => new Response("<html>Not found", { status: 404 }), "Not found", "config"],
  wrongTime: answerOf([{ ...ROW, timestamp: String(START_MS) }]),
  wrongClose: answerOf([{ ...ROW, close: "" }]),
  empty: answerOf([]),
};
testExchange(exchange);

Deno.test("bitstamp: the running candle is declined, and another pair's candles are refused", async () => {
  await withVenue(bitstamp, serving(exchange, candlesUntil(9)), async (venue, { urls }) => {
    await venue.candles(QUERY);
    assertEquals(
      urls.map(({ pathname, search }) => pathname + search),
      ["/api/v2/ohlc/btcusd/?step=3600&limit=1000&start=1704067200&end=1704078000&exclude_current_candle=true"],
    );
  });
  await withVenue(bitstamp, () => json(answerOf([ROW], "ETH/USD")), async (venue) => {
    const { kind, message } = await refusalOf(() => venue.candles(QUERY));
    assertStringIncludes(message, `"ETH/USD", not of btcusd`);
    assertEquals(kind, "unavailable");
  });
});
