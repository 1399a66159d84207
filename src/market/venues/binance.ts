import { DAY_MS, type Dialect, fromMilliseconds, HOUR_MS, MINUTE_MS } from "./dialect.ts";

/**
 * Binance spot, by its market-data host, which needs no key and is not closed to whole countries as the
 * trading host is. Its quote is USDT where the pair says USD.
 */
export const binance: Dialect = {
  name: "binance",
  baseUrl: "https://data-api.binance.vision",
  intervals: new Map([
    ...[1, 3, 5, 15, 30].map((minutes) => [minutes * MINUTE_MS, `${minutes}m`] as const),
    ...[1, 2, 4, 6, 8, 12].map((hours) => [hours * HOUR_MS, `${hours}h`] as const),
    [DAY_MS, "1d"],
  ]),
  // The venue's own maximum (binance-spot-api-docs, klines).
  pageSize: 1000,
  symbol: (base, quote) => base + (quote === "USD" ? "USDT" : quote),
  path: ({ symbol, interval, fromMs, toMs }) =>
    `/api/v3/klines?symbol=${symbol}&interval=${interval}` +
    `&startTime=${fromMs}&endTime=${toMs - 1}&limit=1000`,
  rows: (answer) => answer,
  columns: [0, 1, 2, 3, 4, 5],
  time: fromMilliseconds,
};
