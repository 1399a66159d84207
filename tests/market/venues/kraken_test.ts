import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Candle } from "../../../src/market/candle.ts";
import { kraken } from "../../../src/market/venues/kraken.ts";
import { candleAt, candlesUntil, HOUR_MS, refusalOf, START_MS } from "../fixture.ts";
import { type Exchange, json, QUERY, serving, testExchange, withVenue } from "./exchange.ts";

Deno.test("kraken: a limit that comes with status 200 is waited for as well", async () => {
  let asked = 0;
  const busy = { error: ["EGeneral:Too many requests"] };
  const handler = () => json(asked++ < 2 ? busy : answerOf([ROW, RUNNING]));
  await withVenue(kraken, handler, async (venue, { sleeps }) => {
    assertEquals(await venue.candles(QUERY), candlesUntil(1));
    assertEquals(sleeps, [2000, 2000]);
  });
});

function rowOf({ openMs, open, high, low, close, volume }: Candle): unknown[] {
  const [o, h, l, c] = [open, high, low, close].map((price) => price.toFixed(1));
  return [openMs / 1000, o, h, l, c, "100.0", volume.toFixed(8), 12];
}

const answerOf = (rows: readonly unknown[], name = "XXBTZUSD") => ({
  error: [],
  result: { [name]: rows, last: START_MS / 1000 },
});
/** The running candle, which always comes last. */
const RUNNING = rowOf(candleAt(9999));
const ROW = rowOf(candleAt(0));
const exchange: Exchange = {
  dialect: kraken,
  answer: ({ searchParams }, market) =>
    answerOf([
      ...market.filter(({ openMs }) => openMs / 1000 > Number(searchParams.get("since"))).map(
        rowOf,
      ),
      RUNNING,
    ].slice(-720)),
  failure: [
    { error: ["EGeneral:Too many requests"] },
    `the answer is ["EGeneral:Too many requests"]`,
  ],
  unknownPair: [
    () => json({ error: ["EQuery:Unknown asset pair"] }),
    "EQuery:Unknown asset pair",
    "config",
  ],
  wrongTime: answerOf([ROW.with(0, START_MS), RUNNING]),
  wrongClose: answerOf([ROW.with(4, "n/a"), RUNNING]),
  empty: answerOf([RUNNING]),
};
testExchange(exchange);

Deno.test("kraken: BTC is XBT, and one request asks for candles from `since` on", () =>
  withVenue(kraken, serving(exchange, candlesUntil(9)), async (venue, { urls }) => {
    await venue.candles({ ...QUERY, toMs: START_MS + 700 * HOUR_MS });
    assertEquals(urls.map(({ pathname, search }) => pathname + search), [
      `/0/public/OHLC?pair=XBTUSD&interval=60&since=${START_MS / 1000 - 1}`,
    ]);
  }));

Deno.test("kraken: the newest 719 ended candles are all it says it has", () =>
  withVenue(kraken, serving(exchange, candlesUntil(2000)), async (venue) => {
    assertEquals(venue.reach, 719);
    const toMs = START_MS + 2000 * HOUR_MS;
    const fromMs = toMs - 719 * HOUR_MS;
    const candles = await venue.candles({ ...QUERY, fromMs, toMs, nowMs: toMs + HOUR_MS });
    assertEquals(candles, candlesUntil(2000).slice(-719));
  }));

Deno.test("kraken: the last row is the running candle, whatever the clocks say", () =>
  withVenue(
    kraken,
    () => json(answerOf([0, 1, 2].map((i) => rowOf(candleAt(i))))),
    async (venue) => {
      assertEquals((await venue.candles(QUERY)).length, 2);
    },
  ));

Deno.test("kraken: old and new names of the same pair are known, other pairs are refused", async () => {
  const cases = [
    ["BTC/USD", "XXBTZUSD"],
    ["BTC/USD", "XBTUSD"],
    ["ETH/BTC", "XETHXXBT"],
    ["SOL/USD", "SOLUSD"],
    ["USDT/USD", "USDTZUSD"],
    ["DOGE/USD", "XDGUSD"],
  ];
  for (const [pair = "", name] of cases) {
    await withVenue(kraken, () => json(answerOf([ROW, RUNNING], name)), async (venue) => {
      assertEquals((await venue.candles({ ...QUERY, pair })).length, 1, name);
    });
  }
  await withVenue(kraken, () => json(answerOf([ROW, RUNNING], "XETHZUSD")), async (venue) => {
    const { kind, message } = await refusalOf(() => venue.candles(QUERY));
    assertStringIncludes(message, "XETHZUSD");
    assertStringIncludes(message, "not of XBTUSD");
    assertEquals(kind, "unavailable");
  });
});
