import { type ErrorKind, messageOf } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import { type Refusal, refusalBy } from "./channel.ts";

export interface PostOptions {
  readonly host: Pick<Host, "fetch" | "sleep" | "nowMs">;
  /** How the channel is called where its URL must not be shown. */
  readonly name: string;
  readonly url: string;
  /** Longest wait for an answer, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** A longer wait is for the next run: nobody is kept up by it. */
const MAX_WAIT_MS = 10_000;
const MAX_WAITS = 3;
/** What is waited when a channel asks for patience and does not say how long. */
const DEFAULT_WAIT_MS = 1000;
/** What a refusal has to say is in its first line. */
const MAX_BYTES = 4096;

/** What each status means for whoever runs this. */
const STATUS: Readonly<Record<number, readonly [ErrorKind, string]>> = {
  401: ["denied", "the URL is refused: make a new one and put it into its file"],
  403: ["denied", "the URL is refused: make a new one and put it into its file"],
  404: ["config", "the URL is not known there: make a new one and put it into its file"],
  410: ["config", "the URL was revoked: make a new one and put it into its file"],
};
/** The message itself is what they do not like. */
const FINAL = [400, 413, 422];

/**
 * Posts to a URL that is a secret: it is in no error, and no redirect takes the message elsewhere. 429 is
 * obeyed: the wait it asks for is waited, or handed on when it is over ten seconds.
 */
export async function post(
  { host, name, url, timeoutMs, signal }: PostOptions,
  init: { readonly method: "POST" | "GET"; readonly headers?: HeadersInit; readonly body?: string },
): Promise<Refusal | undefined> {
  for (let waits = 0;; waits++) {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      const response = await host.fetch(url, {
        ...init,
        redirect: "manual",
        signal: AbortSignal.any([signal, timeout.signal]),
      });
      const said = await beginning(response);
      if (response.ok) return undefined;
      const { status } = response;
      const waitMs = status === 429 ? waitOf(response.headers.get("retry-after"), host.nowMs()) : 0;
      if (status !== 429 || waitMs > MAX_WAIT_MS || waits === MAX_WAITS) {
        const [kind, hint] = STATUS[status] ?? [];
        const what = `status is ${status}${said && `: ${said}`}`;
        return {
          error: refusalBy(name, what, [url], { ...kind && { kind }, ...hint && { hint } }),
          ...waitMs > 0 && { notBeforeMs: host.nowMs() + waitMs },
          ...FINAL.includes(status) && { end: "message" },
        };
      }
      await host.sleep(waitMs, signal);
    } catch (thrown) {
      const what = timeout.signal.aborted ? `no answer in ${timeoutMs} ms` : messageOf(thrown);
      return { error: refusalBy(name, what, [url]) };
    } finally {
      clearTimeout(timer);
    }
  }
}

async function beginning(response: Response): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) break;
  }
  return (await new Blob(chunks).text()).slice(0, MAX_BYTES);
}

/** Milliseconds from a Retry-After in seconds, which Discord gives with decimals, or as a date. */
function waitOf(retryAfter: string | null, nowMs: number): number {
  if (retryAfter === null) return DEFAULT_WAIT_MS;
  const waitMs = /^\d+(\.\d+)?$/.test(retryAfter)
    ? Math.ceil(Number(retryAfter) * 1000)
    : Date.parse(retryAfter) - nowMs;
  return waitMs > 0 ? waitMs : DEFAULT_WAIT_MS;
}
