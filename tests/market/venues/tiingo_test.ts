import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Candle } from "../../../src/market/candle.ts";
import { tiingo } from "../../../src/market/venues/tiingo.ts";
import { candleAt, candlesUntil, HOUR_MS, refusalOf, START_MS } from "../fixture.ts";
import {
  type Exchange,
  json,
  KEY,
  QUERY,
  serving,
  testExchange,
  testKey,
  withVenue,
} from "./exchange.ts";

const rowOf = ({ openMs, ...prices }: Candle) => ({
  date: new Date(openMs).toISOString().replace(".000Z", "+00:00"),
  ...prices,
  volumeNotional: 9.5e7,
  tradesDone: 45699.0,
});

const answerOf = (priceData: readonly unknown[], ticker = "btcusd") => [
  { ticker, baseCurrency: "btc", quoteCurrency: "usd", priceData },
];
const ROW = rowOf(candleAt(0));
const exchange: Exchange = {
  dialect: tiingo,
  /** Whole days; of the end day only its first candle, which has hardly begun. */
  answer({ searchParams }, market) {
    const [from = 0, to = 0] = ["startDate", "endDate"]
      .map((name) => Date.parse(searchParams.get(name) ?? ""));
    const rows = market.filter(({ openMs }) => openMs >= from && openMs <= to);
    return answerOf(rows.map((candle) => ({
      ...rowOf(candle),
      ...candle.openMs === to && { high: candle.open, close: candle.open, volume: 0.01 },
    })));
  },
  pages: 2,
  failure: [
    { detail: "You have run over your hourly request allocation." },
    "the answer is You have run over your hourly request allocation.",
  ],
  unknownPair: [() => json(answerOf([ROW], "ethusd")), `"ethusd", not of btcusd`, "unavailable"],
  wrongTime: answerOf([{ ...ROW, date: START_MS }]),
  wrongClose: answerOf([{ ...ROW, close: null }]),
  empty: [],
};
testExchange(exchange);
testKey(exchange, "authorization", `Token ${KEY}`);

Deno.test("tiingo: days are asked for beyond the last one, whose first candle alone would be partial", () =>
  withVenue(tiingo, serving(exchange, candlesUntil(99)), async (venue, { urls }) => {
    const toMs = START_MS + 25 * HOUR_MS;
    assertEquals(
      await venue.candles({ ...QUERY, toMs, nowMs: toMs + HOUR_MS }),
      candlesUntil(25),
    );
    const day = { ...QUERY, toMs: START_MS + 24 * HOUR_MS, nowMs: toMs + HOUR_MS };
    assertEquals(await venue.candles(day), candlesUntil(24));
    assertEquals(urls.map(({ pathname, search }) => pathname + search), [
      "/tiingo/crypto/prices?tickers=btcusd&resampleFreq=1hour&startDate=2024-01-01&endDate=2024-01-03",
      "/tiingo/crypto/prices?tickers=btcusd&resampleFreq=1hour&startDate=2024-01-01&endDate=2024-01-02",
    ]);
  }));

Deno.test("tiingo: two pairs in one answer are refused, and so is a pair without prices", async () => {
  const two = [...answerOf([ROW]), ...answerOf([ROW], "ethusd")];
  for (const answer of [two, [{ ticker: "btcusd" }]]) {
    await withVenue(tiingo, () => json(answer), async (venue) => {
      assertEquals((await refusalOf(() => venue.candles(QUERY))).kind, "unavailable");
    });
  }
  await withVenue(tiingo, () => json([{ ticker: "btcusd" }]), async (venue) => {
    const { message } = await refusalOf(() => venue.candles(QUERY));
    assertStringIncludes(message, "priceData");
  });
});
