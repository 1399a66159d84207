import { type ErrorKind, messageOf, PipelineError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";

export interface RequestOptions {
  /** Longest wait for one answer, milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Wall clock after which no answer is of use, epoch milliseconds. */
  readonly deadlineMs?: number;
  /** With a key no redirect is followed. */
  readonly key?: KeyHeader;
  /** Posted as JSON. */
  readonly body?: unknown;
  /** Those that mean success; default 200 alone. */
  readonly statuses?: readonly number[];
  /** An answer of such a status that says this means 429. */
  readonly busy?: RegExp;
}

/** A header that holds a secret, which stands in nothing else: not in a URL, nor in an error. */
export interface KeyHeader {
  readonly name: string;
  /** What stands before the key. */
  readonly prefix: string;
  readonly key: string;
}

const TIMEOUT_MS = 15_000;
/** A page of 1000 rows has 0.2 MB. */
const MAX_BYTES = 8 * 1024 * 1024;
/** How often a venue may ask for patience before one request is given up. */
const MAX_WAITS = 5;
/** A longer ban is for a later visit: meanwhile the next venue can answer. */
const MAX_WAIT_MS = 60_000;
/** What is waited when a venue asks for patience and does not say how long, milliseconds. */
const DEFAULT_WAIT_MS = 2000;

/** What each status means for the person at the keyboard. */
const STATUS: Readonly<Record<number, readonly [ErrorKind, string]>> = {
  400: ["config", "check the pair and the interval of the topic"],
  401: ["denied", "the venue refuses the key: put a valid one into its file"],
  403: ["unavailable", "the venue refuses this machine or the key: choose another venue"],
  404: ["config", "check the pair of the topic, and the venue's base URL"],
  418: ["unavailable", "the venue has banned this address for a while: choose another venue"],
  429: ["unavailable", "too many requests from this address: the next visit asks again"],
  451: ["unavailable", "the venue refuses this machine's country: choose another venue"],
};

const AGAIN = "the next visit asks again";
const REDIRECTED = "a key follows no redirect: check the venue's base URL";

/**
 * The text of a venue's successful answer. Statuses 429 and 418 are obeyed: the request is repeated
 * after their Retry-After, unless that is over a minute or past the deadline. Every other outcome throws:
 * "config" for a bad request, "denied" for a bad key, "unavailable" for the rest.
 */
export async function requestText(
  host: Pick<Host, "fetch" | "sleep" | "nowMs">,
  url: string,
  options: RequestOptions,
): Promise<string> {
  const { signal, deadlineMs = Infinity, statuses = [200] } = options;
  for (let waits = 0;; waits++) {
    const answer = await once(host, url, options);
    const { retryAfter, text } = answer;
    const isBusy = statuses.includes(answer.status) && options.busy?.test(text);
    const status = isBusy ? 429 : answer.status;
    if (statuses.includes(status)) return text;
    const waitMs = waitOf(retryAfter, host.nowMs());
    const mayWait = (status === 429 || status === 418) && waits < MAX_WAITS &&
      waitMs <= MAX_WAIT_MS && host.nowMs() + waitMs < deadlineMs;
    // What was said with success is for whoever reads the answer.
    if (!mayWait && isBusy) return text;
    if (!mayWait) throw refusal(url, status, retryAfter, text);
    await host.sleep(waitMs, signal).catch((thrown) => {
      throw failure(url, `asked to wait ${waitMs} ms: ${messageOf(thrown)}`, thrown);
    });
  }
}

async function once(
  host: Pick<Host, "fetch">,
  url: string,
  { timeoutMs = TIMEOUT_MS, signal, key, body }: RequestOptions,
) {
  const timeout = new AbortController();
  const timer = setTimeout(
    () => timeout.abort(new Error(`no answer in ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    const response = await host.fetch(url, {
      headers: {
        accept: "application/json",
        // Coinbase refuses a request without one.
        "user-agent": "allora-pipeline",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key && { [key.name]: key.prefix + key.key }),
      },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      redirect: key ? "manual" : "follow",
      signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
    });
    const text = await bodyOf(response);
    return {
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      text: key ? text.replaceAll(key.key, "[redacted]") : text,
    };
  } catch (thrown) {
    throw failure(url, messageOf(thrown), thrown);
  } finally {
    clearTimeout(timer);
  }
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

/** Milliseconds from a Retry-After in seconds or as a date (RFC 9110, 10.2.3). */
function waitOf(retryAfter: string | null, nowMs: number): number {
  if (retryAfter === null) return DEFAULT_WAIT_MS;
  const waitMs = /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - nowMs;
  return waitMs >= 0 ? waitMs : DEFAULT_WAIT_MS;
}

function refusal(url: string, status: number, retryAfter: string | null, text: string) {
  const [kind, hint] = STATUS[status] ?? ["unavailable", status < 400 ? REDIRECTED : AGAIN];
  const patience = retryAfter === null ? "" : `, retry after ${retryAfter}`;
  const said = text.trim() && `: ${messageOf(text).slice(0, 200)}`;
  return new PipelineError(
    kind,
    `Cannot read candles: ${url}: status is ${status}${patience}${said}`,
    { hint },
  );
}

function failure(url: string, what: string, cause: unknown): PipelineError {
  return new PipelineError("unavailable", `Cannot read candles: ${url}: ${what}`, {
    cause,
    hint: `check the network; ${AGAIN}`,
  });
}
