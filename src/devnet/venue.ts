import {
  type CandleColumns,
  PACKAGED_INTERVAL_MS,
  packagedCandles,
  type PackagedPair,
} from "./packaged_candles.ts";
import { firstRowFrom, hourAt, MINUTE_MS, minuteAt, rowAt } from "./price_path.ts";

const SYMBOLS: ReadonlyMap<string, PackagedPair> = new Map([
  ["BTCUSDT", "BTC/USD"],
  ["ETHUSDT", "ETH/USD"],
]);

/** Binance's intervals that packaged hours add up to, in hours. */
const INTERVAL_HOURS: ReadonlyMap<string, number> = new Map([
  ...[1, 2, 4, 6, 8, 12].map((hours) => [`${hours}h`, hours] as const),
  ["1d", 24],
]);

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 1000;

/** A refusal in the venue's words (binance-spot-api-docs, errors.md). */
class Refusal extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

/**
 * The packaged candles behind Binance's market-data paths, as of `nowMs()`: nothing later is known, the
 * candle of the running hour is open and moves, and hours that the market missed are missing.
 */
export function venueHandler(nowMs: () => number): (request: Request) => Response {
  return (request) => {
    const { pathname, searchParams } = new URL(request.url);
    try {
      switch (pathname) {
        case "/api/v3/ping":
          return Response.json({});
        case "/api/v3/time":
          return Response.json({ serverTime: nowMs() });
        case "/api/v3/klines":
          return Response.json(klines(searchParams, nowMs()));
      }
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      return Response.json({ code: thrown.code, msg: thrown.message }, { status: 400 });
    }
    return new Response("<html><body><h2>404 Not found</h2></body></html>", {
      status: 404,
      headers: { "content-type": "text/html" },
    });
  };
}

function klines(query: URLSearchParams, nowMs: number): unknown[] {
  const symbol = mandatory(query, "symbol");
  const intervalName = mandatory(query, "interval");
  const pair = SYMBOLS.get(symbol);
  if (pair === undefined) throw new Refusal(-1121, "Invalid symbol.");
  const hours = INTERVAL_HOURS.get(intervalName);
  if (hours === undefined && intervalName !== "1m") throw new Refusal(-1120, "Invalid interval.");
  const startMs = integer(query, "startTime");
  const endMs = Math.min(integer(query, "endTime") ?? nowMs, nowMs);
  const asked = integer(query, "limit") ?? DEFAULT_LIMIT;
  if (asked === 0) throw new Refusal(-1128, "Combination of optional parameters invalid.");
  const limit = Math.min(asked, MAX_LIMIT);

  const columns = packagedCandles(pair);
  if (hours === undefined) return minutes(columns, { startMs, endMs, limit, nowMs });
  const intervalMs = hours * PACKAGED_INTERVAL_MS;
  const gridMs = (ms: number) => Math.floor(ms / intervalMs) * intervalMs;
  const rows: unknown[] = [];
  if (startMs !== undefined) {
    let row = firstRowFrom(columns.openMs, Math.ceil(startMs / intervalMs) * intervalMs);
    while (rows.length < limit && (columns.openMs[row] ?? Infinity) <= endMs) {
      const openMs = gridMs(columns.openMs[row]!);
      const next = firstRowFrom(columns.openMs, openMs + intervalMs);
      rows.push(kline(columns, { row, next, openMs, intervalMs, nowMs }));
      row = next;
    }
    return rows;
  }
  let next = firstRowFrom(columns.openMs, gridMs(endMs) + intervalMs);
  while (rows.length < limit && next > 0) {
    const openMs = gridMs(columns.openMs[next - 1]!);
    const row = firstRowFrom(columns.openMs, openMs);
    rows.push(kline(columns, { row, next, openMs, intervalMs, nowMs }));
    next = row;
  }
  return rows.reverse();
}

interface Asked {
  readonly startMs: number | undefined;
  readonly endMs: number;
  readonly limit: number;
  readonly nowMs: number;
}

/** Minutes from `startMs` on, or the newest; an hour that the market missed has none. */
function minutes(columns: CandleColumns, { startMs, endMs, limit, nowMs }: Asked): unknown[] {
  const packagedMs = columns.openMs.at(-1)! + PACKAGED_INTERVAL_MS;
  const firstMs = Math.max(startMs ?? 0, columns.openMs[0]!);
  const lastMs = Math.min(endMs, packagedMs - 1);
  const isBackwards = startMs === undefined;
  const rows: unknown[] = [];
  let openMs = isBackwards
    ? Math.floor(lastMs / MINUTE_MS) * MINUTE_MS
    : Math.ceil(firstMs / MINUTE_MS) * MINUTE_MS;
  while (rows.length < limit && openMs >= firstMs && openMs <= lastMs) {
    const row = rowAt(columns, openMs);
    if (row !== undefined) {
      const minute = (openMs - columns.openMs[row]!) / MINUTE_MS;
      rows.push(rowOf(openMs, MINUTE_MS, minuteAt(columns, row, minute, nowMs)));
    }
    openMs += isBackwards ? -MINUTE_MS : MINUTE_MS;
  }
  return isBackwards ? rows.reverse() : rows;
}

interface Span {
  /** Packaged rows from `row` up to, not including, `next`. */
  readonly row: number;
  readonly next: number;
  readonly openMs: number;
  readonly intervalMs: number;
  readonly nowMs: number;
}

/** One row of the answer: the packaged hours of its span, up to now. */
function kline(columns: CandleColumns, { row, next, openMs, intervalMs, nowMs }: Span): unknown[] {
  const first = hourAt(columns, row, nowMs);
  let { high, low, close, volume } = first;
  for (let i = row + 1; i < next && columns.openMs[i]! <= nowMs; i++) {
    const hour = hourAt(columns, i, nowMs);
    high = Math.max(high, hour.high);
    low = Math.min(low, hour.low);
    close = hour.close;
    volume += hour.volume;
  }
  return rowOf(openMs, intervalMs, { open: first.open, high, low, close, volume });
}

/** What is not packaged (turnover, trades, the takers' part) is a plausible figure. */
function rowOf(
  openMs: number,
  intervalMs: number,
  { open, high, low, close, volume }: ReturnType<typeof hourAt>,
): unknown[] {
  const quote = volume * (high + low + close) / 3;
  return [
    openMs,
    ...[open, high, low, close, volume].map(decimal),
    openMs + intervalMs - 1,
    decimal(quote),
    Math.ceil(volume * 40),
    decimal(volume / 2),
    decimal(quote / 2),
    "0",
  ];
}

function decimal(value: number): string {
  return value.toFixed(8);
}

function mandatory(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value) return value;
  throw new Refusal(
    -1102,
    `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`,
  );
}

function integer(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (/^\d{1,19}$/.test(text)) return Number(text);
  throw new Refusal(
    -1100,
    `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`,
  );
}
