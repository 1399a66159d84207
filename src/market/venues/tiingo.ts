import {
  DAY_MS,
  type Dialect,
  fieldOf,
  fromRfc3339,
  HOUR_MS,
  MINUTE_MS,
  wrongPair,
} from "./dialect.ts";

/** The UTC day of a time. */
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Tiingo, crypto prices consolidated across exchanges: what the topics' truth is made of. */
export const tiingo: Dialect = {
  name: "tiingo",
  baseUrl: "https://api.tiingo.com",
  intervals: new Map([
    ...[1, 3, 5, 15, 30].map((minutes) => [minutes * MINUTE_MS, `${minutes}min`] as const),
    ...[1, 2, 4, 6, 8, 12].map((hours) => [hours * HOUR_MS, `${hours}hour`] as const),
    [DAY_MS, "1day"],
  ]),
  // No limit is documented; 90 days of hours are known to come.
  pageSize: 2160,
  keyHeader: { name: "authorization", prefix: "Token " },
  symbol: (base, quote) => (base + quote).toLowerCase(),
  // Only the first candle of the end day is given, so that the day after the last one is the end.
  path: ({ symbol, interval, fromMs, toMs }) =>
    `/tiingo/crypto/prices?tickers=${symbol}&resampleFreq=${interval}` +
    `&startDate=${dayOf(fromMs)}&endDate=${dayOf(toMs - 1 + DAY_MS)}`,
  rows(answer, page) {
    // An unknown pair is an empty list, and so are days without trades.
    if (!Array.isArray(answer) || answer.length === 0) return answer;
    const ticker = fieldOf(answer[0], "ticker");
    if (answer.length > 1 || ticker !== page.symbol) throw wrongPair("tiingo", ticker, page);
    return fieldOf(answer[0], "priceData") ?? { priceData: null };
  },
  columns: ["date", "open", "high", "low", "close", "volume"],
  time: fromRfc3339,
  exceeds: true,
};
