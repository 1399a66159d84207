import {
  DAY_MS,
  type Dialect,
  fieldOf,
  fromSeconds,
  HOUR_MS,
  MINUTE_MS,
  wrongPair,
} from "./dialect.ts";

/** Bitstamp, GET /api/v2/ohlc/…: dollars, without a key, back to 2011. */
export const bitstamp: Dialect = {
  name: "bitstamp",
  baseUrl: "https://www.bitstamp.net",
  intervals: new Map(
    [
      ...[1, 3, 5, 15, 30].map((minutes) => minutes * MINUTE_MS),
      ...[1, 2, 4, 6, 12].map((hours) => hours * HOUR_MS),
      DAY_MS,
    ].map((ms) => [ms, String(ms / 1000)]),
  ),
  // One below the venue's limit, because it is not said whether `end` itself is given.
  pageSize: 999,
  symbol: (base, quote) => (base + quote).toLowerCase(),
  path: ({ symbol, interval, fromMs, toMs }) =>
    `/api/v2/ohlc/${symbol}/?step=${interval}&limit=1000` +
    `&start=${fromMs / 1000}&end=${toMs / 1000}&exclude_current_candle=true`,
  rows(answer, page) {
    const data = fieldOf(answer, "data");
    const pair = fieldOf(data, "pair");
    if (typeof pair === "string" && pair.replace("/", "").toLowerCase() !== page.symbol) {
      throw wrongPair("bitstamp", pair, page);
    }
    return fieldOf(data, "ohlc") ?? answer;
  },
  columns: ["timestamp", "open", "high", "low", "close", "volume"],
  time: fromSeconds,
  exceeds: true,
};
