import { assertEquals, assertStringIncludes } from "@std/assert";
import { realHost } from "../../../src/host/host.ts";
import type { Candle } from "../../../src/market/candle.ts";
import { binance } from "../../../src/market/venues/binance.ts";
import { httpVenue } from "../../../src/market/venues/http_venue.ts";
import { candleAt, candlesUntil, HOUR_MS, refusalOf, START_MS } from "../fixture.ts";
import {
  type Exchange,
  type Handler,
  json,
  QUERY,
  serving,
  testExchange,
  withVenue,
} from "./exchange.ts";

/** A row as Binance writes it. */
function rowOf({ openMs, open, high, low, close, volume }: Candle): unknown[] {
  const texts = [open, high, low, close, volume].map((value) => value.toFixed(8));
  return [openMs, ...texts, openMs + HOUR_MS - 1, "5000.0", 42, "0.5", "2500.0", "0"];
}

const ROW = rowOf(candleAt(0));
const exchange: Exchange = {
  dialect: binance,
  answer({ searchParams }, market) {
    const [from = 0, to = 0, limit = 0] = ["startTime", "endTime", "limit"]
      .map((name) => Number(searchParams.get(name)));
    return market.filter(({ openMs }) => openMs >= from && openMs <= to).slice(0, limit).map(rowOf);
  },
  pages: 3,
  failure: [{ code: -1003, msg: "Too much\nweight" }, "the answer is Too much weight"],
  unknownPair: [
    () => json({ code: -1121, msg: "Invalid symbol." }, { status: 400 }),
    "Invalid symbol",
    "config",
  ],
  wrongTime: [ROW.with(0, START_MS / 1000)],
  wrongClose: [ROW.with(4, "NaN")],
  empty: [],
};
testExchange(exchange);

Deno.test("binance: the pair's USDT market is asked", () =>
  withVenue(binance, serving(exchange, candlesUntil(3)), async (venue, { urls }) => {
    await venue.candles(QUERY);
    await venue.candles({ ...QUERY, pair: "ETH/BTC" });
    assertEquals(urls.map(({ pathname, search }) => pathname + search), [
      `/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=${START_MS}` +
      `&endTime=${QUERY.toMs - 1}&limit=1000`,
      `/api/v3/klines?symbol=ETHBTC&interval=1h&startTime=${START_MS}` +
      `&endTime=${QUERY.toMs - 1}&limit=1000`,
    ]);
  }));

Deno.test("binance: a repeated row counts once, and a price may be a number", () =>
  withVenue(binance, () => json([ROW, ROW.with(4, 100)]), async (venue) => {
    assertEquals(await venue.candles(QUERY), candlesUntil(1));
  }));

Deno.test("binance: a row that cannot be a candle of the page is told with what is wrong", async () => {
  const cases: readonly (readonly [Handler, string])[] = [
    [() => json([ROW, ROW.with(4, "99.5")]), "is out of order or was not asked for"],
    [() => json([rowOf(candleAt(4))]), "is out of order or was not asked for"],
    [() => json([[]]), "has no opening time"],
    [() => json([{ open: 1 }]), "has no opening time"],
    [() => json([null]), "has no opening time"],
    [() => json([ROW.with(0, String(START_MS))]), "has no opening time"],
    [() => json([ROW.with(0, START_MS + 60_000)]), "opens off the grid"],
    [() => json([ROW.with(4, "0.00000000")]), "2024-01-01T00:00:00.000Z close is 0"],
    [() => json([ROW.with(5, null)]), "volume is NaN"],
    [() => json([ROW.with(2, "99.0")]), "high is 99, below open 99 or close 100"],
    [() => json({ code: 0, msg: "restricted location" }, { status: 451 }), "status is 451"],
    [() => new Response("<html>\nForbidden", { status: 403 }), "status is 403: <html> Forbidden"],
    [
      () => json({}, { status: 418, headers: { "retry-after": "86400" } }),
      "status is 418, retry after 86400",
    ],
    [() => json("later"), `the answer is "later"`],
    [() => new Response(" ".repeat(9_000_000)), "longer than 8388608 bytes"],
  ];
  for (const [handler, text] of cases) {
    await withVenue(binance, handler, async (venue) => {
      const { kind, message } = await refusalOf(() => venue.candles(QUERY));
      assertStringIncludes(message, text);
      assertStringIncludes(message, "127.0.0.1");
      assertEquals([kind, message.includes("\n")], ["unavailable", false], text);
    });
  }
});

Deno.test("binance: an impossible old candle is left out and told, among the newest it is refused", async () => {
  const rows = candlesUntil(300).map(rowOf);
  const broken = (place: number) => rows.map((row, i) => i === place ? row.with(2, "1.0") : row);
  const query = { ...QUERY, toMs: candleAt(300).openMs, nowMs: candleAt(301).openMs };
  await withVenue(binance, () => json(broken(7)), async (venue) => {
    const told: string[] = [];
    const candles = await venue.candles({ ...query, complain: (what) => told.push(what) });
    assertEquals(candles, candlesUntil(300).toSpliced(7, 1));
    assertEquals(told.length, 1);
    assertStringIncludes(told[0]!, "high is 1, below open");
  });
  for (const rows of [broken(299), rows_(broken(7), 4)]) {
    await withVenue(binance, () => json(rows), async (venue) => {
      const { message } = await refusalOf(() => venue.candles(query));
      assertStringIncludes(message, "high is 1, below open");
    });
  }
});

/** The rows with so many more impossible ones among the old. */
function rows_(rows: readonly (readonly unknown[])[], more: number) {
  return rows.map((row, i) => i > 20 && i <= 20 + more ? row.with(2, "1.0") : row);
}

Deno.test("binance: a silent venue is waited for as long as it may take", async () => {
  const silent: Handler = () => new Promise((done) => setTimeout(done, 150, new Response()));
  await withVenue(binance, silent, async (venue) => {
    const { kind, message } = await refusalOf(() => venue.candles(QUERY));
    assertStringIncludes(message, "no answer in 50 ms");
    assertEquals(kind, "unavailable");
  }, { timeoutMs: 50 });
});

Deno.test("binance: a 429 is waited for as it asks, and no longer than the deadline", async () => {
  const patience = (after: string, answers: number): Handler => {
    let refusals = 0;
    return (url, request) =>
      refusals++ < answers
        ? json({ code: -1003, msg: "Too many requests" }, {
          status: 429,
          headers: { "retry-after": after },
        })
        : serving(exchange, candlesUntil(3))(url, request);
  };
  await withVenue(binance, patience("7", 2), async (venue, { sleeps }) => {
    assertEquals((await venue.candles({ ...QUERY, deadlineMs: START_MS + 15_000 })).length, 3);
    assertEquals(sleeps, [7000, 7000]);
  });
  await withVenue(
    binance,
    patience(new Date(START_MS + 9000).toUTCString(), 1),
    async (venue, { sleeps }) => {
      await venue.candles(QUERY);
      assertEquals(sleeps, [9000]);
    },
  );
  await withVenue(binance, patience("soon", 1), async (venue, { sleeps }) => {
    await venue.candles(QUERY);
    assertEquals(sleeps, [2000]);
  });
  await withVenue(binance, patience("7", 9), async (venue, { sleeps, urls }) => {
    const query = { ...QUERY, deadlineMs: START_MS + 15_000 };
    const refusal = await refusalOf(() => venue.candles(query));
    assertStringIncludes(refusal.message, "status is 429, retry after 7");
    assertEquals([sleeps.length, urls.length], [2, 3]);
  });
  await withVenue(binance, patience("1", 99), async (venue, { urls }) => {
    await refusalOf(() => venue.candles(QUERY));
    assertEquals(urls.length, 6);
  });
});

Deno.test("binance: a refused or cut connection and an abort are unavailable", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const baseUrl = `http://127.0.0.1:${silent.addr.port}`;
  const cut = silent.accept().then((connection) => connection.close());
  const venue = httpVenue(binance, { host: realHost, baseUrl, timeoutMs: 500 });
  assertEquals((await refusalOf(() => venue.candles(QUERY))).kind, "unavailable");
  await cut;
  silent.close();
  assertEquals((await refusalOf(() => venue.candles(QUERY))).kind, "unavailable");
  const signal = AbortSignal.abort(new Error("the visit's time is up"));
  const aborted = await refusalOf(() => venue.candles({ ...QUERY, signal }));
  assertStringIncludes(aborted.message, "the visit's time is up");
});
