import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Candle } from "../../../src/market/candle.ts";
import { atlas } from "../../../src/market/venues/atlas.ts";
import { candleAt, candlesUntil, HOUR_MS, refusalOf, START_MS } from "../fixture.ts";
import {
  type Exchange,
  type Handler,
  json,
  KEY,
  QUERY,
  testExchange,
  testKey,
  withVenue,
} from "./exchange.ts";

const rowOf = ({ openMs, ...prices }: Candle) => ({
  timestamp: new Date(openMs).toISOString().replace(".000Z", "Z"),
  ...prices,
  count: 60,
});

const answerOf = (results: readonly unknown[], next: string | null = null) => ({
  ...{ count: -1, next, previous: null, results },
});
const ROW = rowOf(candleAt(0));
const exchange: Exchange = {
  dialect: atlas,
  answer({ searchParams }, market) {
    const [from = 0, to = 0] = ["start", "end"]
      .map((name) => Date.parse(searchParams.get(name) ?? ""));
    if (to - from > 90 * 24 * HOUR_MS) throw new Error("time range exceeds maximum of 2160h");
    return answerOf(market.filter(({ openMs }) => openMs >= from && openMs <= to).map(rowOf));
  },
  pages: 2,
  failure: [
    { details: null, error: "time range exceeds maximum of 24h0m0s for resolution=raw" },
    "the answer is time range exceeds maximum of 24h0m0s",
  ],
  unknownPair: [
    () => json({ error: "dataset not found" }, { status: 404 }),
    "dataset not found",
    "config",
  ],
  wrongTime: answerOf([{ ...ROW, timestamp: START_MS }]),
  wrongClose: answerOf([{ ...ROW, close: "NaN" }]),
  empty: answerOf([]),
};
testExchange(exchange);
testKey(exchange, "x-api-key", KEY);

Deno.test("atlas: the public data set is acquired once, before the first page", async () => {
  for (const status of [200, 201, 409]) {
    const handler: Handler = (url, request) =>
      request.method === "POST"
        ? json({}, { status })
        : json(exchange.answer(url, candlesUntil(9)));
    await withVenue(atlas, handler, async (venue, { requests, urls }) => {
      for (const _ of [1, 2]) assertEquals(await venue.candles(QUERY), candlesUntil(3));
      assertEquals(requests.map(({ method }) => method), ["POST", "GET", "GET"]);
      assertEquals(urls.map(({ pathname }) => pathname), [
        "/api/tags/acquire/",
        ...["/api/rows/", "/api/rows/"],
      ]);
      assertEquals(
        urls[1]?.search,
        "?dataset_name=tiingo_btcusd_1min&resolution=1h&start=2024-01-01T00:00:00.000Z" +
          "&end=2024-01-01T02:59:59.999Z&limit=10000&ordering=timestamp",
      );
    }, { path: "/api" });
  }
  const missing = () => json({ error: "Missing API key" }, { status: 401 });
  await withVenue(atlas, missing, async (venue) => {
    const { kind, message } = await refusalOf(() => venue.candles(QUERY));
    assertStringIncludes(message, "Missing API key");
    assertEquals(kind, "denied");
  });
});

Deno.test("atlas: an answer that was cut goes on after its last row, and never by the venue's address", () => {
  const cut: Handler = (url, request) => {
    if (request.method === "POST") return json({});
    const from = Date.parse(url.searchParams.get("start") ?? "");
    const rows = candlesUntil(3).filter(({ openMs }) => openMs >= from).map(rowOf);
    return json(
      answerOf(rows.slice(0, 1), rows.length > 1 ? "https://example.com/rows/?after=1" : null),
    );
  };
  return withVenue(atlas, cut, async (venue, { requests }) => {
    assertEquals(await venue.candles(QUERY), candlesUntil(3));
    assertEquals(requests.length, 4);
  });
});

Deno.test("atlas: an hour that lacks minutes is a gap", () =>
  withVenue(
    atlas,
    (_url, { method }) =>
      json(method === "POST" ? {} : answerOf([ROW, { ...rowOf(candleAt(1)), count: 44 }])),
    async (venue) => {
      assertEquals(await venue.candles(QUERY), candlesUntil(1));
    },
  ));

Deno.test("atlas: minutes come raw, their prices among the values", () => {
  const { open, high, low, close, volume } = candleAt(0);
  const row = {
    id: 1,
    dataset_id: 3,
    timestamp: "2024-01-01T00:00:00Z",
    values: { open, high, low, close: String(close), volume, trades_done: 7 },
  };
  const handler: Handler = (_url, { method }) => json(method === "POST" ? {} : answerOf([row]));
  return withVenue(atlas, handler, async (venue, { urls }) => {
    const minutes = { ...QUERY, intervalMs: 60_000, toMs: START_MS + 24 * HOUR_MS };
    assertEquals(await venue.candles(minutes), candlesUntil(1));
    assertEquals(urls.length, 2);
    assertEquals(urls[1]?.searchParams.get("resolution"), "raw");
  });
});
