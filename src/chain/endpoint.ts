import { PipelineError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { ChainRefusal } from "./chain_error.ts";
import { detectGeneration } from "./generation.ts";
import { NodeClient } from "./node.ts";
import { Queries, type Spoken, UnknownMethod } from "./query.ts";
import { RpcClient, type RpcOptions, type Status } from "./rpc.ts";

/** What is remembered of an endpoint from one connection to the next. */
export interface EndpointRecord {
  /** As configured: it may hold an access key. */
  readonly url: string;
  readonly answers: number;
  readonly failures: number;
  /** Failures one after the other since the last answer. */
  readonly streak: number;
  /** Moving average over the requests answered, milliseconds; null before the first. */
  readonly latencyMs: number | null;
  readonly lastError: string | null;
  /** Wall clock, epoch milliseconds. */
  readonly lastErrorMs: number | null;
  /** Of its node when last seen. */
  readonly height: bigint | null;
}

/** The node answers, but its answers are not to be used. */
export class UnfitNode extends PipelineError {}

/** Weight of the newest request in the moving average. */
const NEWEST = 0.2;
/** An endpoint is passed over for this long after its first failure, for twice that after the second … */
const REST_MS = 30_000;
/** … and never for longer than this, so that one that has recovered is found again. */
const MAX_REST_MS = 10 * 60_000;

/** One configured endpoint: its node, what was learned of it, and how it has served so far. */
export class Endpoint {
  /** Chain that its node serves; empty before it was first asked. */
  chainId = "";
  /** Height of its node when last asked, and the greatest so far. */
  height = 0n;
  /** Time of that block, epoch milliseconds. */
  timeMs = 0;
  passed = 0n;
  readonly #rpc: RpcClient;
  readonly #host: Host;
  readonly #onFailure: (endpoint: Endpoint, error: PipelineError) => void;
  readonly #spoken: Spoken = { generation: 0 };
  #introduction: Promise<void> | undefined;
  #record: EndpointRecord;

  constructor(
    record: EndpointRecord,
    options: RpcOptions,
    onFailure: (endpoint: Endpoint, error: PipelineError) => void,
  ) {
    this.#rpc = new RpcClient(record.url, options);
    this.#host = options.host;
    this.#record = record;
    this.#onFailure = onFailure;
  }

  /** Scheme, host and port. */
  get origin(): string {
    return this.#rpc.endpoint;
  }

  get record(): EndpointRecord {
    return this.#record;
  }

  /** Of the emissions module; 0 before its node was first asked. */
  get generation(): number {
    return this.#spoken.generation;
  }

  /** Failed lately: to be asked after the others. */
  get isSuspect(): boolean {
    const { streak, lastErrorMs } = this.#record;
    if (streak === 0 || lastErrorMs === null) return false;
    const sinceMs = this.#host.nowMs() - lastErrorMs;
    // A failure in the future was written down under a wrong clock.
    return sinceMs >= 0 && sinceMs < Math.min(REST_MS * 2 ** (streak - 1), MAX_REST_MS);
  }

  /** Failed lately, and more than once: not to be waited for where another can answer. */
  get isResting(): boolean {
    return this.#record.streak > 1 && this.isSuspect;
  }

  /**
   * Puts a question to the node, after `admit` has seen its status if this is the first. Throws what
   * isFailure() tells to be the node's fault, and else what the chain answers.
   */
  async ask<T>(
    question: (node: NodeClient) => Promise<T>,
    withinMs: number,
    admit: (status: Status) => void,
  ): Promise<T> {
    const startMs = this.#host.nowMs();
    const rpc = this.#rpc.within(withinMs);
    try {
      await (this.#introduction ??= this.#introduce(rpc, admit));
      const answer = await question(new NodeClient(new Queries(rpc, this.#spoken)));
      this.#answered(startMs);
      return answer;
    } catch (thrown) {
      if (thrown instanceof UnfitNode) this.#introduction = undefined;
      if (isFailure(thrown) && !(thrown instanceof UnknownMethod)) this.#failed(thrown, startMs);
      else if (thrown instanceof PipelineError) this.#answered(startMs);
      throw thrown;
    }
  }

  /** Its status, once it is known to be of the right chain. */
  saw({ chainId, height, timeMs }: Status): void {
    this.chainId = chainId;
    this.height = height;
    this.timeMs = timeMs;
    this.#record = { ...this.#record, height };
    if (height > this.passed) this.passed = height;
  }

  /** Its node is looked at anew before it is asked again. */
  setAside(error: PipelineError): void {
    this.#introduction = undefined;
    this.#failed(error, this.#host.nowMs());
  }

  async #introduce(
    rpc: RpcClient,
    admit: (status: Status) => void,
  ): Promise<void> {
    try {
      admit(await rpc.status());
      this.#spoken.generation = await detectGeneration(rpc);
    } catch (thrown) {
      this.#introduction = undefined;
      throw thrown;
    }
  }

  #answered(startMs: number): void {
    const { answers, latencyMs } = this.#record;
    const tookMs = Math.max(0, this.#host.nowMs() - startMs);
    this.#record = {
      ...this.#record,
      answers: answers + 1,
      streak: 0,
      latencyMs: latencyMs === null ? tookMs : latencyMs + NEWEST * (tookMs - latencyMs),
    };
  }

  #failed(error: PipelineError, startMs: number): void {
    const { failures, streak, lastErrorMs } = this.#record;
    // Requests under way at the same time meet the same trouble.
    const isSameTrouble = streak > 0 && lastErrorMs !== null && startMs <= lastErrorMs;
    this.#record = {
      ...this.#record,
      failures: failures + 1,
      streak: isSameTrouble ? streak : streak + 1,
      lastError: error.message,
      lastErrorMs: this.#host.nowMs(),
    };
    this.#onFailure(this, error);
  }
}

/** Whether the node is to blame, so that another may answer; if not, this is the chain's answer. */
export function isFailure(thrown: unknown): thrown is PipelineError {
  if (!(thrown instanceof PipelineError) || thrown instanceof ChainRefusal) return false;
  return thrown.kind !== "config" || thrown instanceof UnfitNode;
}
