import { PipelineError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { Candle } from "../candle.ts";
import type { CandleQuery, Venue } from "../venue.ts";
import { candlesOf, parseAnswer } from "./answer.ts";
import type { Dialect } from "./dialect.ts";
import { type KeyHeader, requestText } from "./request.ts";

export interface HttpVenueOptions {
  readonly host: Pick<Host, "fetch" | "sleep" | "nowMs">;
  /** Default: the dialect's. */
  readonly baseUrl?: string;
  /** Longest wait for one page, milliseconds; default 15 s. */
  readonly timeoutMs?: number;
  /** Reads the venue's key; needed by a dialect with a key. */
  readonly key?: () => Promise<string>;
}

/** Base URLs where this process has made the opening request. */
const opened = new Set<string>();

/** The venue that speaks a dialect. Its candles are asked for page by page, oldest first. */
export function httpVenue(dialect: Dialect, options: HttpVenueOptions): Venue {
  const { host, timeoutMs } = options;
  const baseUrl = (options.baseUrl ?? dialect.baseUrl).replace(/\/+$/, "");

  async function candles(query: CandleQuery): Promise<readonly Candle[]> {
    const { intervalMs, toMs, nowMs } = query;
    const symbol = symbolOf(dialect, query.pair);
    const interval = intervalOf(dialect, intervalMs);
    const key = await keyOf(dialect, baseUrl, options.key);
    const { busy } = dialect;
    const request = {
      ...query,
      ...(timeoutMs && { timeoutMs }),
      ...(key && { key }),
      ...(busy && { busy }),
    };
    if (dialect.opening && !opened.has(baseUrl)) {
      await requestText(host, baseUrl + dialect.opening.path, { ...request, ...dialect.opening });
      opened.add(baseUrl);
    }
    const found: Candle[] = [];
    for (let fromMs = query.fromMs; fromMs < toMs;) {
      const endMs = Math.min(toMs, fromMs + dialect.pageSize * intervalMs);
      const page = { symbol, interval, intervalMs, fromMs, toMs: endMs };
      const url = baseUrl + dialect.path(page);
      const answer = parseAnswer(await requestText(host, url, request), url);
      const { candles, faults } = candlesOf(answer, page, { dialect, url, nowMs });
      for (const fault of faults) query.complain?.(fault);
      found.push(...candles);
      const last = dialect.isCut?.(answer) ? candles.at(-1) : undefined;
      fromMs = last === undefined ? endMs : last.openMs + intervalMs;
      if (dialect.paceMs && fromMs < toMs) await host.sleep(dialect.paceMs, query.signal);
    }
    return found;
  }

  return {
    ...{ name: dialect.name, remote: true, candles },
    ...(dialect.reach !== undefined && { reach: dialect.reach }),
  };
}

function symbolOf(dialect: Dialect, pair: string): string {
  const [, base, quote] = /^([A-Z0-9]+)\/([A-Z0-9]+)$/.exec(pair) ?? [];
  if (base !== undefined && quote !== undefined) return dialect.symbol(base, quote);
  throw new PipelineError("config", `Cannot ask ${dialect.name} for candles: pair is ${pair}`, {
    hint: "write the pair as BASE/QUOTE in capitals, for example BTC/USD",
  });
}

function intervalOf({ name, intervals }: Dialect, intervalMs: number): string {
  const interval = intervals.get(intervalMs);
  if (interval !== undefined) return interval;
  const minutes = [...intervals.keys()].map((ms) => ms / 60_000).join(", ");
  throw new PipelineError(
    "config",
    `Cannot ask ${name} for candles: interval is ${intervalMs / 60_000} min`,
    { hint: `${name} has intervals of ${minutes} min` },
  );
}

/** The key's header; throws "config" before the key could go anywhere but to the venue or to loopback. */
async function keyOf(
  { name, baseUrl: own, keyHeader }: Dialect,
  baseUrl: string,
  key: HttpVenueOptions["key"],
): Promise<KeyHeader | undefined> {
  if (keyHeader === undefined) return undefined;
  const { origin, hostname } = new URL(baseUrl);
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (!isLoopback && origin !== new URL(own).origin) {
    throw new PipelineError(
      "config",
      `Cannot send the key of ${name}: the base URL is ${baseUrl}, not ${own}`,
      { hint: `remove ALLORA_${name.toUpperCase()}_URL, or name a mirror on this machine` },
    );
  }
  if (key === undefined) throw new PipelineError("internal", `Cannot ask ${name}: it has no key`);
  return { name: keyHeader.name, prefix: keyHeader.prefix, key: await key() };
}
