import { DAY_MS, type Dialect, fromSeconds, HOUR_MS, MINUTE_MS } from "./dialect.ts";

/** Coinbase Exchange, product candles. Hours without trades are missing. */
export const coinbase: Dialect = {
  name: "coinbase",
  baseUrl: "https://api.exchange.coinbase.com",
  intervals: new Map(
    [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, DAY_MS]
      .map((ms) => [ms, String(ms / 1000)]),
  ),
  // More than 300 candles between start and end are refused.
  pageSize: 300,
  // Ten requests a second are allowed.
  paceMs: 100,
  symbol: (base, quote) => `${base}-${quote}`,
  path: ({ symbol, interval, intervalMs, fromMs, toMs }) =>
    `/products/${symbol}/candles?granularity=${interval}` +
    `&start=${new Date(fromMs).toISOString()}&end=${new Date(toMs - intervalMs).toISOString()}`,
  rows: (answer) => answer,
  columns: [0, 3, 2, 1, 4, 5],
  time: fromSeconds,
  descending: true,
  exceeds: true,
};
