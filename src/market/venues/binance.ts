import { messageOf, PipelineError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { type Candle, checkCandle, numberFrom } from "../candle.ts";
import type { CandleQuery, Venue } from "../venue.ts";
import { requestText } from "./request.ts";

/** The market-data host: no key, and not closed to whole countries as the trading host is. */
export const BINANCE_URL = "https://data-api.binance.vision";

export interface BinanceOptions {
  readonly host: Pick<Host, "fetch" | "sleep" | "nowMs">;
  /** Default {@link BINANCE_URL}. */
  readonly baseUrl?: string;
  /** Longest wait for one page, milliseconds; default 15 s. */
  readonly timeoutMs?: number;
}

/** Rows of a page; the venue's own maximum (binance-spot-api-docs, klines). */
const PAGE = 1000;

/** Those of Binance's intervals that lie on the epoch's grid. */
const INTERVALS: ReadonlyMap<number, string> = new Map([
  ...[1, 3, 5, 15, 30].map((minutes) => [minutes * 60_000, `${minutes}m`] as const),
  ...[1, 2, 4, 6, 8, 12].map((hours) => [hours * 3_600_000, `${hours}h`] as const),
  [86_400_000, "1d"],
]);

/** Binance spot, GET /api/v3/klines. Its quote is USDT where the pair says USD. */
export function binance({ host, baseUrl = BINANCE_URL, timeoutMs }: BinanceOptions): Venue {
  const endpoint = `${baseUrl.replace(/\/+$/, "")}/api/v3/klines`;

  async function candles(query: CandleQuery): Promise<readonly Candle[]> {
    const { pair, intervalMs, toMs, nowMs } = query;
    const symbol = symbolOf(pair);
    const interval = intervalOf(intervalMs);
    const found: Candle[] = [];
    let fromMs = query.fromMs;
    while (fromMs < toMs) {
      const url = `${endpoint}?symbol=${symbol}&interval=${interval}` +
        `&startTime=${fromMs}&endTime=${toMs - 1}&limit=${PAGE}`;
      const text = await requestText(host, url, { ...query, ...(timeoutMs && { timeoutMs }) });
      const rows = rowsOf(text, url);
      for (const row of rows) {
        const candle = candleOf(row, intervalMs, baseUrl);
        if (candle.openMs < fromMs || candle.openMs >= toMs) {
          throw unusable(url, `row ${JSON.stringify(row)} is out of order or was not asked for`);
        }
        fromMs = candle.openMs + intervalMs;
        if (fromMs <= nowMs) found.push(candle);
      }
      if (rows.length < PAGE) break;
    }
    return found;
  }

  return { name: "binance", candles };
}

function symbolOf(pair: string): string {
  const [, base, quote] = /^([A-Z0-9]+)\/([A-Z0-9]+)$/.exec(pair) ?? [];
  if (base === undefined) {
    throw new PipelineError("config", `Cannot ask Binance for candles: pair is ${pair}`, {
      hint: "write the pair as BASE/QUOTE in capitals, for example BTC/USD",
    });
  }
  return base + (quote === "USD" ? "USDT" : quote);
}

function intervalOf(intervalMs: number): string {
  const interval = INTERVALS.get(intervalMs);
  if (interval !== undefined) return interval;
  throw new PipelineError(
    "config",
    `Cannot ask Binance for candles: interval is ${intervalMs} ms`,
    {
      hint: `choose one of ${[...INTERVALS.values()].join(", ")}`,
    },
  );
}

/** The rows of an answer; an error object, which may come with status 200 as well, is thrown. */
function rowsOf(text: string, url: string): readonly unknown[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (thrown) {
    throw unusable(url, `the answer is not JSON: ${messageOf(thrown)}`);
  }
  if (Array.isArray(answer)) return answer;
  const said = typeof answer === "object" && answer !== null && "msg" in answer ? answer.msg : text;
  throw unusable(url, `the answer is ${messageOf(said).slice(0, 200)}`);
}

/** Of a row [openTime, "open", "high", "low", "close", "volume", closeTime, …]. */
function candleOf(row: unknown, intervalMs: number, source: string): Candle {
  const [openMs, ...texts] = Array.isArray(row) ? row.slice(0, 6) : [];
  const [open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = texts.map(
    (text) => typeof text === "string" ? numberFrom(text) : NaN,
  );
  const at = typeof openMs === "number" ? openMs : NaN;
  return checkCandle(
    { openMs: at, open, high, low, close, volume },
    intervalMs,
    source,
    "unavailable",
  );
}

function unusable(url: string, what: string): PipelineError {
  return new PipelineError("unavailable", `Cannot read candles: ${url}: ${what}`, {
    hint: "the next visit asks again; name a second venue in ALLORA_VENUES",
  });
}
