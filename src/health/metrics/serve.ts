import { messageOf } from "../../errors.ts";
import { type Loopback, serveLoopback } from "../../host/loopback.ts";
import { CONTENT_TYPE, exposition } from "./exposition.ts";
import type { Source } from "./source.ts";

/** An answer serves for a second, or for a hundred times as long as it took to compute, up to a minute. */
const FRESH_MS = 1000;
const SHARE = 100;
const STALE_MS = 60_000;

export interface ServeOptions {
  /** What the metrics are made of now. */
  readonly source: () => Promise<Source>;
  /** Since when, in milliseconds, the daemon was not heard of. */
  readonly silentMs: () => number;
  /** A silence this long, in milliseconds, is no visit any more. */
  readonly longestMs: number;
  /** Hears of a scrape that failed. */
  readonly onFailure: (error: string) => void;
  readonly nowMs: () => number;
}

/**
 * Serves /metrics, for which no number of scrapes takes more than a hundredth of the daemon's time, and
 * /healthz for whoever restarts what hangs (200, or 503 when the daemon was not
 * heard of for too long), on a loopback address. Throws as serveLoopback does.
 */
export function serveMetrics(address: string, options: ServeOptions): Loopback {
  const { source, silentMs, longestMs, onFailure, nowMs } = options;
  let last: { readonly text: string; readonly atMs: number; readonly freshMs: number } | undefined;
  let computing: Promise<string> | undefined;
  const compute = async () => {
    const startMs = nowMs();
    const text = await exposition(await source());
    const tookMs = nowMs() - startMs;
    last = { text, atMs: nowMs(), freshMs: Math.min(STALE_MS, Math.max(FRESH_MS, SHARE * tookMs)) };
    return text;
  };
  const textNow = () => {
    if (last !== undefined && Math.abs(nowMs() - last.atMs) < last.freshMs) return last.text;
    return computing ??= compute().finally(() => computing = undefined);
  };
  const metrics = async () => {
    try {
      return new Response(await textNow(), { headers: { "content-type": CONTENT_TYPE } });
    } catch (thrown) {
      onFailure(messageOf(thrown));
      return new Response("the metrics cannot be computed: see the log\n", { status: 500 });
    }
  };
  const health = () => {
    const quietMs = silentMs();
    const text = `last heard of ${Math.round(quietMs / 1000)} s ago\n`;
    return new Response(text, { status: quietMs > longestMs ? 503 : 200 });
  };
  return serveLoopback(address, ({ method, url }) => {
    if (method !== "GET" && method !== "HEAD") return new Response(null, { status: 405 });
    const { pathname } = new URL(url);
    if (pathname === "/metrics") return metrics();
    if (pathname === "/healthz") return health();
    return new Response("here are /metrics and /healthz\n", { status: 404 });
  });
}
