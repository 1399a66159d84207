import { type Dialect, fieldOf, fromSeconds, MINUTE_MS, wrongPair } from "./dialect.ts";

/** Kraken's own names of currencies. */
const NAMES: ReadonlyMap<string, string> = new Map([["BTC", "XBT"], ["DOGE", "XDG"]]);
/** Rows of an answer, whatever is asked; the last one is the running candle. */
const ROWS = 720;

/** Kraken, GET /0/public/OHLC: the newest 720 candles and nothing before them. */
export const kraken: Dialect = {
  name: "kraken",
  baseUrl: "https://api.kraken.com",
  intervals: new Map(
    [1, 5, 15, 30, 60, 240, 1440].map((minutes) => [minutes * MINUTE_MS, String(minutes)]),
  ),
  pageSize: ROWS,
  busy: /"E(General|API):(Too many requests|Rate limit exceeded)/,
  reach: ROWS - 1,
  symbol: (base, quote) => (NAMES.get(base) ?? base) + (NAMES.get(quote) ?? quote),
  // Whether a candle at `since` itself is given is not said.
  path: ({ symbol, interval, fromMs }) =>
    `/0/public/OHLC?pair=${symbol}&interval=${interval}&since=${fromMs / 1000 - 1}`,
  rows(answer, page) {
    const result = fieldOf(answer, "result");
    if (typeof result !== "object" || result === null) return answer;
    const [name = "", other] = Object.keys(result).filter((key) => key !== "last");
    // Old listings have a class before each currency: XXBTZUSD is XBTUSD.
    const isOurs = [name, name.replace(/^X?(.+)[XZ](.{3})$/, "$1$2")].includes(page.symbol);
    if (other !== undefined || !isOurs) throw wrongPair("kraken", Object.keys(result), page);
    const rows = fieldOf(result, name);
    return Array.isArray(rows) ? rows.slice(0, -1) : answer;
  },
  columns: [0, 1, 2, 3, 4, 6],
  time: fromSeconds,
  exceeds: true,
};
