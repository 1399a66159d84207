import { type ErrorKind, messageOf, PipelineError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { readCapped } from "./read_capped.ts";

export interface FaucetOptions {
  /** Base URL of the faucet. */
  readonly url: string;
  readonly chainId: string;
  readonly address: string;
  /** Deadline of each request, milliseconds. */
  readonly timeoutMs: number;
  /** Wall clock after which nobody waits any more, epoch milliseconds. */
  readonly deadlineMs: number;
  readonly host: Host;
  readonly signal: AbortSignal;
  /** The faucet is asked too often and gets this much peace, milliseconds. */
  readonly onWait: (waitMs: number) => void;
}

const MAX_TRIES = 5;
/** What the vendor's SDK waits between two tries (allora_sdk worker.py). */
const FIRST_WAIT_MS = 15_000;
const MAX_BYTES = 64 * 1024;

/**
 * Asks a testnet's faucet for coins: POST /api/request, the call of the vendor's Python SDK. A faucet
 * that is asked too often (429) gets the peace that it wants, or 15 s and twice as much each time.
 *
 * Throws "retry" when it is still too often after five tries or would be beyond the deadline, "denied",
 * "config" or "unavailable" for any other answer; aborted, the signal's reason.
 */
export async function askFaucet(options: FaucetOptions): Promise<void> {
  const { url, host, deadlineMs, signal, onWait } = options;
  for (let tries = 1;; tries++) {
    const { status, retryAfter, text } = await ask(options);
    if (status >= 200 && status < 300) return;
    if (status !== 429) throw refusal(url, status, text);
    const waitMs = waitOf(retryAfter, tries, host);
    if (tries === MAX_TRIES || host.nowMs() + waitMs >= deadlineMs) {
      const seconds = Math.ceil(waitMs / 1000);
      throw new PipelineError("retry", `Cannot get coins: ${url} is asked too often: ${text}`, {
        hint: `ask again in ${seconds} s; what the wallet has left still works`,
      });
    }
    onWait(waitMs);
    await host.sleep(waitMs, signal);
  }
}

async function ask({ url, chainId, address, timeoutMs, host, signal }: FaucetOptions) {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await host.fetch(`${url}/api/request`, {
      method: "POST",
      headers: { "x-api-key": "None" },
      body: new URLSearchParams({ chain: chainId, address }),
      signal: AbortSignal.any([deadline, signal]),
    });
    const body = await readCapped(response, MAX_BYTES);
    return {
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      text: printable(body),
    };
  } catch (thrown) {
    signal.throwIfAborted();
    const what = deadline.aborted ? `no answer within ${timeoutMs} ms` : messageOf(thrown);
    throw new PipelineError("unavailable", `Cannot get coins: ${url}: ${what}`, {
      cause: thrown,
      hint: "look at the balance before asking again: the request may have arrived",
    });
  }
}

/** Milliseconds from a Retry-After in seconds or as a date (RFC 9110, 10.2.3), else our own. */
function waitOf(retryAfter: string | null, tries: number, host: Host): number {
  const asked = retryAfter === null
    ? NaN
    : /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1000
    : Date.parse(retryAfter) - host.nowMs();
  if (asked >= 0) return asked;
  return Math.round(FIRST_WAIT_MS * 2 ** (tries - 1) * (0.75 + host.random() / 2));
}

function refusal(url: string, status: number, text: string): PipelineError {
  const [kind, hint] = cureOf(status);
  return new PipelineError(kind, `Cannot get coins: ${url} answers ${status}: ${text}`, { hint });
}

function cureOf(status: number): readonly [ErrorKind, string] {
  if (status === 401 || status === 403) return ["denied", "this faucet does not serve everybody"];
  if (status >= 500) return ["unavailable", "ask again later"];
  return ["config", "check ALLORA_FAUCET_URL and ALLORA_CHAIN_ID"];
}

/** What a faucet says, on one line. */
function printable(body: string): string {
  const text = body.replace(/[\s\p{Cc}\p{Cf}\ufffd]+/gu, " ").trim().slice(0, 200);
  return text === "" ? "nothing more" : text;
}
