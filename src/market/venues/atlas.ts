import { DAY_MS, type Dialect, fieldOf, fromRfc3339, HOUR_MS, MINUTE_MS } from "./dialect.ts";

/**
 * Allora Atlas, Allora's own copy of Tiingo's prices. An hour of it that lacks minutes may lack its
 * close as well: such a candle is left out, which makes it a gap.
 */
export const atlas: Dialect = {
  name: "atlas",
  baseUrl: "https://forge-data.allora.run/api",
  intervals: new Map([
    [MINUTE_MS, "raw"],
    [5 * MINUTE_MS, "5m"],
    [HOUR_MS, "1h"],
    [DAY_MS, "1d"],
  ]),
  // A request may span 24 hours of minutes, 7 days of five minutes, 90 days of hours.
  pageSize: 1440,
  keyHeader: { name: "x-api-key", prefix: "" },
  // Once for each key; 409 means that it has been done.
  opening: {
    path: "/tags/acquire/",
    body: { tag_name: "public" },
    statuses: [200, 201, 409],
  },
  symbol: (base, quote) => `tiingo_${(base + quote).toLowerCase()}_1min`,
  path: ({ symbol, interval, fromMs, toMs }) =>
    `/rows/?dataset_name=${symbol}&resolution=${interval}&start=${new Date(fromMs).toISOString()}` +
    `&end=${new Date(toMs - 1).toISOString()}&limit=10000&ordering=timestamp`,
  rows(answer, { interval, intervalMs }) {
    const results = fieldOf(answer, "results");
    if (!Array.isArray(results)) return answer;
    if (interval === "raw") {
      return results.map((row) => ({
        ...Object(fieldOf(row, "values")),
        timestamp: fieldOf(row, "timestamp"),
      }));
    }
    return results.filter((row) => !isPartial(row, intervalMs));
  },
  // The address of the next page is the venue's to choose, and the key would go there.
  isCut: (answer) => typeof fieldOf(answer, "next") === "string",
  columns: ["timestamp", "open", "high", "low", "close", "volume"],
  time: fromRfc3339,
  exceeds: true,
};

function isPartial(row: unknown, intervalMs: number): boolean {
  const count = fieldOf(row, "count");
  return typeof count === "number" && count < intervalMs / MINUTE_MS;
}
