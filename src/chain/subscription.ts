import { messageOf, PipelineError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { GENERATIONS } from "./generation.ts";
import { Shape } from "./shape.ts";

/** A worker submission window that has just opened. */
export interface OpenedWindow {
  readonly topicId: bigint;
  readonly nonce: bigint;
}

export interface FollowOptions {
  readonly host: Host;
  /** Longest wait for the socket and its subscriptions, milliseconds. */
  readonly timeoutMs: number;
  /** Milliseconds between two blocks as far as known; measured from then on. */
  readonly blockMs: number;
  /** Ends it without an error. */
  readonly signal: AbortSignal;
  onBlock(height: bigint): void;
  /** Of any topic. */
  onWindow(window: OpenedWindow): void;
}

/**
 * Every block is the heartbeat without which silence would mean nothing. A node allows five
 * subscriptions, so windows are asked for once and not by topic; in each generation, for a chain may
 * be upgraded underneath.
 */
const QUERIES = ["tm.event='NewBlock'", ...GENERATIONS.map(windowQuery)];

/** After so many block times without a block the socket is taken for deaf ... */
const DEAF_BLOCKS = 6;
/** ... but never sooner: proposers fail and rounds repeat. */
const MIN_SILENCE_MS = 20_000;
/** Weight of one block in the measured block time. */
const SHARE = 1 / 8;
/** A block's message is the block and its events; a hostile one must not fill the memory. */
const MAX_MESSAGE_CHARS = 16 * 1024 * 1024;

/**
 * Follows the chain over the websocket of an RPC endpoint until the signal is aborted.
 *
 * @throws PipelineError "unavailable" when it cannot be had, is refused a subscription, closes, says
 * what is no answer, or has given no block for several block times.
 */
export async function followChain(url: string, options: FollowOptions): Promise<void> {
  const { host, signal, timeoutMs } = options;
  const unusable = (what: string, cause?: unknown) =>
    new PipelineError("unavailable", `Cannot hear ${new URL(url).origin}: ${what}`, { cause });
  const over = new AbortController();
  const end = () => over.abort();
  const failed = Promise.withResolvers<never>();
  const pulse = new Pulse(host, options.blockMs);
  let accepted = 0;

  const socket = open(host, url, unusable);
  socket.onopen = () => QUERIES.forEach((query, place) => socket.send(request(place + 1, query)));
  socket.onclose = ({ code, reason }) => failed.reject(unusable(`it closed, ${code} ${reason}`));
  socket.onerror = (event) =>
    failed.reject(unusable(event instanceof ErrorEvent ? event.message : "the connection failed"));
  socket.onmessage = ({ data }) => {
    try {
      const heard = read(data, unusable);
      if (heard.isAccepted) accepted++;
      if (heard.block !== undefined) {
        pulse.beat();
        options.onBlock(heard.block);
      }
      heard.windows?.forEach((window) => options.onWindow(window));
    } catch (thrown) {
      failed.reject(thrown);
    }
  };

  async function watch(): Promise<void> {
    const rest = (ms: number) => host.sleep(ms, over.signal).then(() => true, () => false);
    if (!await rest(Math.min(timeoutMs, pulse.limitMs))) return;
    if (accepted < QUERIES.length) {
      throw unusable(`its subscriptions did not come within ${timeoutMs} ms`);
    }
    while (pulse.leftMs() > 0) if (!await rest(pulse.leftMs())) return;
    throw unusable(`it gave no block for ${Math.round(pulse.limitMs / 1000)} s`);
  }

  signal.addEventListener("abort", end);
  try {
    if (!signal.aborted) await Promise.race([failed.promise, watch()]);
  } finally {
    signal.removeEventListener("abort", end);
    end();
    socket.onopen =
      socket.onclose =
      socket.onerror =
      socket.onmessage =
        null;
    socket.close();
  }
}

/** How long ago the last block was, and how long that may be. */
class Pulse {
  readonly #host: Host;
  #blockMs: number;
  #lastMs: number;

  constructor(host: Host, blockMs: number) {
    this.#host = host;
    this.#blockMs = blockMs;
    this.#lastMs = host.nowMs();
  }

  get limitMs(): number {
    return Math.max(MIN_SILENCE_MS, DEAF_BLOCKS * this.#blockMs);
  }

  leftMs(): number {
    return this.#lastMs + this.limitMs - this.#host.nowMs();
  }

  beat(): void {
    const nowMs = this.#host.nowMs();
    // A wall clock may be set in between.
    const gapMs = Math.min(Math.max(nowMs - this.#lastMs, 0), this.limitMs);
    this.#blockMs += SHARE * (gapMs - this.#blockMs);
    this.#lastMs = nowMs;
  }
}

function windowQuery(generation: number): string {
  const opened = `emissions.v${generation}.EventWorkerSubmissionWindowOpened`;
  return `tm.event='NewBlockEvents' AND ${opened}.topic_id EXISTS`;
}

function request(id: number, query: string): string {
  return JSON.stringify({ jsonrpc: "2.0", id, method: "subscribe", params: { query } });
}

function open(host: Host, url: string, unusable: Unusable): WebSocket {
  const address = new URL(url);
  address.protocol = address.protocol.replace("http", "ws");
  address.pathname = address.pathname.replace(/\/?$/, "/websocket");
  try {
    return host.openSocket(address.href);
  } catch (thrown) {
    throw unusable(messageOf(thrown), thrown);
  }
}

type Unusable = (what: string, cause?: unknown) => PipelineError;

/** What one message says: a subscription is accepted, a block is there, windows have opened. */
interface Heard {
  readonly isAccepted?: boolean;
  readonly block?: bigint;
  readonly windows?: readonly OpenedWindow[];
}

function read(message: unknown, unusable: Unusable): Heard {
  if (typeof message !== "string" || message.length > MAX_MESSAGE_CHARS) {
    throw unusable("it sent what is no text, or too long");
  }
  const envelope = new Shape(parse(message, unusable), unusable, "a message");
  const error = envelope.maybe("error");
  if (error !== undefined) {
    throw unusable(`it refuses: ${error.maybe("data")?.text() ?? error.at("message").text()}`);
  }
  const data = envelope.at("result").maybe("data");
  if (data === undefined) return { isAccepted: true };
  const value = data.at("value");
  switch (data.at("type").text()) {
    case "tendermint/event/NewBlock":
      return { block: value.at("block").at("header").at("height").integer() };
    case "tendermint/event/NewBlockEvents":
      return { windows: value.at("events").items().flatMap((event) => openedBy(event, unusable)) };
    default:
      return {};
  }
}

function parse(text: string, unusable: Unusable): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw unusable(`it sent ${JSON.stringify(text.slice(0, 80))}`, thrown);
  }
}

function openedBy(event: Shape, unusable: Unusable): readonly OpenedWindow[] {
  if (!/^emissions\.v\d+\.EventWorkerSubmissionWindowOpened$/.test(event.at("type").text())) {
    return [];
  }
  const attributes = event.at("attributes").items();
  const valueOf = (key: string): bigint => {
    const value = attributes.find((one) => one.at("key").text() === key)?.at("value").text() ?? "";
    // JSON within JSON: 64-bit integers are quoted there.
    const digits = /^"?(\d{1,19})"?$/.exec(value)?.[1];
    if (digits === undefined) throw unusable(`a window event has ${key} ${JSON.stringify(value)}`);
    return BigInt(digits);
  };
  return [{ topicId: valueOf("topic_id"), nonce: valueOf("nonce_block_height") }];
}
