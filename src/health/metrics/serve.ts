import { messageOf } from "../../errors.ts";
import { type Loopback, serveLoopback } from "../../host/loopback.ts";
import { CONTENT_TYPE, exposition } from "./exposition.ts";
import type { Source } from "./source.ts";

/** An answer serves for this long, so that no number of scrapes costs a visit more than one. */
const FRESH_MS = 1000;

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
 * Serves /metrics, and /healthz for whoever restarts what hangs (200, or 503 when the daemon was not
 * heard of for too long), on a loopback address. Throws as serveLoopback does.
 */
export function serveMetrics(address: string, options: ServeOptions): Loopback {
  const { source, silentMs, longestMs, onFailure, nowMs } = options;
  let last: { readonly text: Promise<string>; readonly atMs: number } | undefined;
  const metrics = async () => {
    if (last === undefined || Math.abs(nowMs() - last.atMs) > FRESH_MS) {
      last = { text: source().then(exposition), atMs: nowMs() };
    }
    try {
      return new Response(await last.text, { headers: { "content-type": CONTENT_TYPE } });
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
