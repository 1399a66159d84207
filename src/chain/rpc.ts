import { messageOf, PipelineError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { readCapped } from "./read_capped.ts";
import { type Json, Shape } from "./shape.ts";

/** No answer that we ask for comes near this; a hostile one must not fill the memory. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export interface Status {
  readonly chainId: string;
  readonly height: bigint;
  readonly timeMs: number;
  readonly catchingUp: boolean;
}

/** What the application answered to a query or a check of a transaction. */
export interface AbciAnswer {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

export interface QueryAnswer extends AbciAnswer {
  readonly value: Uint8Array;
  readonly height: bigint;
}

/** A transaction in a block. */
export interface Receipt extends AbciAnswer {
  readonly height: bigint;
  readonly gasUsed: bigint;
  readonly gasWanted: bigint;
  /** What was taken for it: the fee, and what its messages charged the signer. */
  readonly feeUallo: bigint;
}

/** The node understood the call and answered with a JSON-RPC error. */
export class RpcFault extends PipelineError {
  readonly code: number;
  /** CometBFT puts the reason here; its message is only "Internal error". */
  readonly reason: string;

  constructor(endpoint: string, method: string, code: number, reason: string) {
    super(
      "unavailable",
      `Cannot ask ${endpoint} for ${method}: it answers error ${code}, ${reason}`,
    );
    this.code = code;
    this.reason = reason;
  }
}

export interface RpcOptions {
  readonly host: Host;
  /** Longest wait for one answer, milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Aborted `timeoutMs` after the request began that several calls belong to. */
  readonly deadline?: AbortSignal | undefined;
}

/**
 * CometBFT 0.38 JSON-RPC over HTTP. Every call has a deadline, and everything that a node says is
 * checked here: what is not a well-formed answer is a PipelineError "unavailable" that names the
 * endpoint and what was found.
 */
export class RpcClient {
  /** Scheme, host and port: a path or a query may hold an access key. */
  readonly endpoint: string;
  readonly #url: string;
  readonly #host: Host;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline: AbortSignal | undefined;

  constructor(url: string, options: RpcOptions) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new PipelineError(
        "config",
        `Cannot use the endpoint ${JSON.stringify(url)}: it is not an http(s) address`,
      );
    }
    this.#url = url;
    this.endpoint = new URL(url).origin;
    this.#host = options.host;
    this.#timeoutMs = options.timeoutMs;
    this.#signal = options.signal;
    this.#deadline = options.deadline;
  }

  /** The same node for one request, all calls of which end within `ms` milliseconds from now. */
  within(ms: number): RpcClient {
    const timeoutMs = Math.max(1, Math.ceil(ms));
    return new RpcClient(this.#url, {
      ...{ host: this.#host, signal: this.#signal },
      ...{ timeoutMs, deadline: AbortSignal.timeout(timeoutMs) },
    });
  }

  async status(): Promise<Status> {
    const answer = await this.#call("status", {});
    const sync = answer.at("sync_info");
    return {
      chainId: answer.at("node_info").at("network").text(),
      height: sync.at("latest_block_height").integer(),
      timeMs: sync.at("latest_block_time").timeMs(),
      catchingUp: sync.at("catching_up").flag(),
    };
  }

  /** Time of the block at `height`, epoch milliseconds. */
  async blockTimeMs(height: bigint): Promise<number> {
    const header = (await this.#call("header", { height: String(height) })).at("header");
    const found = header.at("height").integer();
    if (found !== height) {
      throw this.#unusable(`its header for height ${height} is of height ${found}`);
    }
    return header.at("time").timeMs();
  }

  /** `height` 0 or not given: the newest state. */
  async abciQuery(path: string, data: Uint8Array, height = 0n): Promise<QueryAnswer> {
    const params = { path, data: data.toHex(), height: String(height), prove: false };
    const response = (await this.#call("abci_query", params)).at("response");
    return {
      ...outcome(response),
      value: response.at("value").base64(),
      height: response.at("height").integer(),
    };
  }

  /** CheckTx's verdict. A refused connection, a timeout and garbage leave the outcome unknown. */
  async broadcastTxSync(tx: Uint8Array): Promise<AbciAnswer> {
    return outcome(await this.#call("broadcast_tx_sync", { tx: tx.toBase64() }));
  }

  /** The transaction with this hash (hexadecimal), or undefined while no block has it. */
  async tx(hash: string): Promise<Receipt | undefined> {
    let answer: Shape;
    try {
      answer = await this.#call("tx", { hash: Uint8Array.fromHex(hash).toBase64(), prove: false });
    } catch (thrown) {
      if (thrown instanceof RpcFault && /^tx \(.*\) not found/.test(thrown.reason)) {
        return undefined;
      }
      throw thrown;
    }
    const found = answer.at("hash").text();
    if (found.toUpperCase() !== hash.toUpperCase()) {
      throw this.#unusable(`asked for transaction ${hash} it gives ${found}`);
    }
    const result = answer.at("tx_result");
    return {
      ...outcome(result),
      height: answer.at("height").integer(),
      gasUsed: result.at("gas_used").integer(),
      gasWanted: result.at("gas_wanted").integer(),
      feeUallo: spentBy(result),
    };
  }

  /** Any other call; whoever asks reads the answer's members, which are checked as they are read. */
  ask(method: string, params: Record<string, Json>): Promise<Shape> {
    return this.#call(method, params);
  }

  async #call(method: string, params: Record<string, Json>): Promise<Shape> {
    const envelope = new Shape(await this.#post(method, params), (what) => this.#unusable(what));
    const error = envelope.maybe("error");
    if (error === undefined) return envelope.at("result");
    const reason = error.maybe("data")?.text() || error.maybe("message")?.text() || "no reason";
    throw new RpcFault(this.endpoint, method, error.at("code").number(), reason);
  }

  async #post(method: string, params: Record<string, Json>): Promise<unknown> {
    const deadline = this.#deadline ?? AbortSignal.timeout(this.#timeoutMs);
    const signal = this.#signal ? AbortSignal.any([deadline, this.#signal]) : deadline;
    let status: number;
    let body: string;
    try {
      const response = await this.#host.fetch(this.#url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal,
      });
      status = response.status;
      body = await readCapped(response, MAX_ANSWER_BYTES);
    } catch (thrown) {
      this.#signal?.throwIfAborted();
      throw deadline.aborted
        ? this.#unusable(`no answer to ${method} within ${this.#timeoutMs} ms`, thrown)
        : this.#unusable(messageOf(thrown), thrown);
    }
    const answer = parse(body);
    if (isEnvelope(answer)) return answer;
    throw this.#unusable(`HTTP ${status} to ${method} with ${JSON.stringify(body.slice(0, 80))}`);
  }

  #unusable(what: string, cause?: unknown): PipelineError {
    return new PipelineError("unavailable", `Cannot use ${this.endpoint}: ${what}`, {
      cause,
      hint: "Wait, or name another endpoint; several may be given.",
    });
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** CometBFT sends errors with various HTTP codes: the envelope, not the code, makes it an answer. */
function isEnvelope(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && ("result" in answer || "error" in answer);
}

function outcome(answer: Shape): AbciAnswer {
  return {
    code: answer.at("code").number(),
    codespace: answer.maybe("codespace")?.text() ?? "",
    log: answer.maybe("log")?.text() ?? "",
  };
}

/**
 * The ante handler moves the whole offered fee into escrow before the messages run, and nothing
 * comes back: it is the first coin_spent that belongs to no message. None: the fee was not taken. What
 * the signer spends in the messages are the module's own charges for data and registration.
 */
function spentBy(result: Shape): bigint {
  const events = (result.maybe("events")?.items() ?? []).map(eventOf);
  const signer = events.find(({ type, of }) => type === "tx" && of("acc_seq") !== undefined)
    ?.of("acc_seq")?.split("/")[0];
  const spent = events.filter(({ type }) => type === "coin_spent");
  const fee = spent.find(({ of }) => of("msg_index") === undefined);
  const charges = spent.filter(({ of }) =>
    of("msg_index") !== undefined && of("spender") === signer
  );
  return [...fee ? [fee] : [], ...charges].reduce(
    (sum, { of }) => sum + BigInt(/^(\d+)uallo$/.exec(of("amount") ?? "")?.[1] ?? 0),
    0n,
  );
}

function eventOf(event: Shape) {
  const attributes = event.at("attributes").items();
  return {
    type: event.at("type").text(),
    of: (key: string) => attributes.find((one) => one.at("key").text() === key)?.at("value").text(),
  };
}
