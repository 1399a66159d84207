import { messageOf, PipelineError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import {
  ChainRefusal,
  IN_CACHE,
  isUnknownForm,
  mempoolRefusal,
  simulatedRefusal,
} from "./chain_error.ts";
import { opensWindow, windowsOpened } from "./block_results.ts";
import { detectGeneration } from "./generation.ts";
import * as m from "./messages.ts";
import { Queries } from "./query.ts";
import { type AbciAnswer, type Receipt, RpcClient, RpcFault } from "./rpc.ts";
import * as results from "./results.ts";
import { emaScoreAt, type EpochKey, type EpochSettlement, settlementOf } from "./rewards.ts";
import type { LabelledValue, StoredInference } from "./results.ts";
import { type Topic, topicOf } from "./topic.ts";
import { type Window, windowOf } from "./window.ts";
import { decode, encode } from "./wire.ts";

export type { Receipt } from "./rpc.ts";
export type { LabelledValue, StoredInference } from "./results.ts";
export type { EpochKey, EpochSettlement } from "./rewards.ts";
export type { Topic } from "./topic.ts";
export type { Window } from "./window.ts";
export { ChainRefusal } from "./chain_error.ts";

/** What became of a broadcast. An error thrown instead leaves the outcome unknown. */
export type Broadcast =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly refusal: ChainRefusal };

/** One node of the chain, spoken to in the generation that it serves. */
export interface ChainClient {
  readonly chainId: string;
  readonly url: string;
  /** Of the emissions module; changes when the chain is upgraded underneath. */
  readonly generation: number;
  head(): Promise<{ height: bigint; timeMs: number }>;
  blockTimeMs(height: bigint): Promise<number>;
  window(topicId: bigint, address: string): Promise<Window>;
  topic(topicId: bigint): Promise<Topic | undefined>;
  /** Undefined: the address has never held anything. */
  account(address: string): Promise<{ number: bigint; sequence: bigint } | undefined>;
  balanceUallo(address: string): Promise<bigint>;
  /** The fee market's price of one gas, in 1e-18 uallo. */
  gasPrice(): Promise<bigint>;
  registrationFeeUallo(): Promise<bigint>;
  /** Taken from the sender of each accepted payload. */
  dataFeeUallo(): Promise<bigint>;
  /** Gas used by a rehearsal of the transaction. Throws the ChainRefusal that it would meet. */
  simulate(tx: Uint8Array): Promise<bigint>;
  broadcast(tx: Uint8Array): Promise<Broadcast>;
  /** By hash in hexadecimal; undefined while it is in no block that this node has indexed. */
  transaction(hash: string): Promise<Receipt | undefined>;
  /** The active set of a closed window. */
  inferencesAt(topicId: bigint, nonce: bigint): Promise<readonly StoredInference[]>;
  /** Nonce of the worker's inference in the open window; undefined when it is not in the active set. */
  latestInferenceNonce(topicId: bigint, address: string): Promise<bigint | undefined>;
  scoreAt(topicId: bigint, nonce: bigint, address: string): Promise<string | undefined>;
  networkInferenceAt(topicId: bigint, nonce: bigint): Promise<readonly LabelledValue[] | undefined>;
  /** Share of the topic's last reward; undefined when there was none. */
  rewardFraction(topicId: bigint, address: string): Promise<string | undefined>;
  /** The worker's EMA score after this epoch; undefined when the last change was another epoch's. */
  emaScoreAt(topicId: bigint, nonce: bigint, address: string): Promise<string | undefined>;
  /**
   * What the block that settled a scored epoch says of the worker, from some requests; undefined when
   * the node does not index blocks and has none among the likely ones. `headHeight`: the newest block.
   */
  settlementOf(epoch: EpochKey, headHeight: bigint): Promise<EpochSettlement | undefined>;
  /**
   * Nonces of the topic's windows between two heights (neither included), oldest first, the first 100.
   * Those that the node's index has: none is no proof that there were none.
   */
  windowsOpened(topicId: bigint, after: bigint, before: bigint): Promise<readonly bigint[]>;
  /** Whether the block opened a window of the topic; undefined when the node does not have it any more. */
  opensWindow(topicId: bigint, height: bigint): Promise<boolean | undefined>;
}

export interface ConnectOptions {
  readonly urls: readonly string[];
  readonly expectChainId?: string;
  /** Deadline of each request, milliseconds. */
  readonly timeoutMs: number;
  readonly host: Host;
  readonly signal?: AbortSignal;
}

/**
 * The first of `urls` that answers, follows the chain and is of the expected one.
 *
 * @throws PipelineError "config" when a node is of another chain, "internal" when one speaks only
 * generations that are not known here, "unavailable" with each node's reason otherwise.
 */
export async function connect(options: ConnectOptions): Promise<ChainClient> {
  const failures: PipelineError[] = [];
  for (const url of options.urls) {
    try {
      return await connectOne(url, options);
    } catch (thrown) {
      if (!(thrown instanceof PipelineError)) throw thrown;
      failures.push(thrown);
    }
  }
  const telling = failures.find(({ kind }) => kind !== "unavailable") ??
    (failures.length === 1 ? failures[0] : undefined);
  if (telling !== undefined) throw telling;
  const reasons = failures.map(messageOf).join("; ") || "no endpoint is set";
  throw new PipelineError("unavailable", `Cannot reach the chain: ${reasons}`, {
    hint: "Wait, or name other endpoints.",
  });
}

async function connectOne(url: string, options: ConnectOptions): Promise<ChainClient> {
  const rpc = new RpcClient(url, options);
  const { chainId, catchingUp } = await rpc.status();
  const { expectChainId = chainId } = options;
  if (chainId !== expectChainId) {
    throw new PipelineError(
      "config",
      `Cannot use ${rpc.endpoint}: it serves chain ${chainId}, expected ${expectChainId}`,
      { hint: "Correct the endpoint or the chain id in the settings." },
    );
  }
  if (catchingUp) {
    throw new PipelineError("unavailable", `Cannot use ${rpc.endpoint}: it is still catching up`);
  }
  return new NodeClient(url, chainId, new Queries(rpc, await detectGeneration(rpc)));
}

class NodeClient implements ChainClient {
  readonly url: string;
  readonly chainId: string;
  readonly #queries: Queries;
  readonly #rpc: RpcClient;

  constructor(url: string, chainId: string, queries: Queries) {
    this.url = url;
    this.chainId = chainId;
    this.#queries = queries;
    this.#rpc = queries.rpc;
  }

  get generation(): number {
    return this.#queries.generation;
  }

  async head() {
    const { height, timeMs } = await this.#rpc.status();
    return { height, timeMs };
  }

  blockTimeMs(height: bigint) {
    return this.#rpc.blockTimeMs(height);
  }

  window(topicId: bigint, address: string) {
    return windowOf(this.#queries, topicId, address);
  }

  topic(topicId: bigint) {
    return topicOf(this.#queries, topicId);
  }

  async account(address: string) {
    const path = "/cosmos.auth.v1beta1.Query/AccountInfo";
    const request = encode(m.OfAddress, { address });
    const account = (await this.#queries.ask(path, request, m.AccountAnswer))?.answer.account;
    return account && { number: account.accountNumber, sequence: account.sequence };
  }

  async balanceUallo(address: string) {
    const path = "/cosmos.bank.v1beta1.Query/Balance";
    const request = encode(m.OfAddressAndDenom, { address, denom: "uallo" });
    const found = await this.#queries.ask(path, request, m.BalanceAnswer);
    return this.#amount("a balance", found?.answer.balance?.amount ?? "0");
  }

  async gasPrice() {
    const path = "/feemarket.feemarket.v1.Query/GasPrice";
    const request = encode(m.OfDenom, { denom: "uallo" });
    const found = await this.#queries.ask(path, request, m.GasPriceAnswer);
    // A LegacyDec is written over protobuf as an integer scaled by 1e18.
    return this.#amount("a gas price", found?.answer.price?.amount ?? "");
  }

  async registrationFeeUallo() {
    return this.#amount("a registration fee", (await this.#params()).registrationFee);
  }

  async dataFeeUallo() {
    return this.#amount("a data fee", (await this.#params()).dataSendingFee);
  }

  async simulate(tx: Uint8Array) {
    const path = "/cosmos.tx.v1beta1.Service/Simulate";
    const before = this.generation;
    const answer = await this.#rpc.abciQuery(path, encode(m.SimulateRequest, { txBytes: tx }));
    if (answer.code !== 0) throw await this.#afterUpgrade(simulatedRefusal(answer), before);
    return decode(m.SimulateAnswer, answer.value).gasInfo?.gasUsed ?? 0n;
  }

  async broadcast(tx: Uint8Array): Promise<Broadcast> {
    const before = this.generation;
    let answer: AbciAnswer;
    try {
      answer = await this.#rpc.broadcastTxSync(tx);
    } catch (thrown) {
      if (!(thrown instanceof RpcFault)) throw thrown;
      if (thrown.reason.includes(IN_CACHE)) return { accepted: true };
      const refusal = mempoolRefusal(thrown.reason);
      if (refusal === undefined) throw thrown;
      return { accepted: false, refusal };
    }
    if (answer.code === 0) return { accepted: true };
    const refusal = new ChainRefusal("Cannot send the transaction", answer);
    // (sdk, 19): this node's mempool has these bytes already.
    if (refusal.class === "done") return { accepted: true };
    return { accepted: false, refusal: await this.#afterUpgrade(refusal, before) };
  }

  transaction(hash: string) {
    return this.#rpc.tx(hash);
  }

  inferencesAt(topicId: bigint, nonce: bigint) {
    return results.inferencesAt(this.#queries, topicId, nonce);
  }

  latestInferenceNonce(topicId: bigint, address: string) {
    return results.latestInferenceNonce(this.#queries, topicId, address);
  }

  scoreAt(topicId: bigint, nonce: bigint, address: string) {
    return results.scoreAt(this.#queries, topicId, nonce, address);
  }

  networkInferenceAt(topicId: bigint, nonce: bigint) {
    return results.networkInferenceAt(this.#queries, topicId, nonce);
  }

  rewardFraction(topicId: bigint, address: string) {
    return results.rewardFraction(this.#queries, topicId, address);
  }

  emaScoreAt(topicId: bigint, nonce: bigint, address: string) {
    return emaScoreAt(this.#queries, topicId, nonce, address);
  }

  settlementOf(epoch: EpochKey, headHeight: bigint) {
    return settlementOf(this.#queries, epoch, headHeight);
  }

  windowsOpened(topicId: bigint, after: bigint, before: bigint) {
    return windowsOpened(this.#queries, topicId, after, before);
  }

  opensWindow(topicId: bigint, height: bigint) {
    return opensWindow(this.#queries, topicId, height);
  }

  async #params() {
    const question = { method: "GetParams", request: m.NoFields, answer: m.ParamsAnswer };
    const params = (await this.#queries.emissions(question, {}))?.answer.params;
    return params ?? { registrationFee: "", dataSendingFee: "" };
  }

  #amount(what: string, text: string): bigint {
    if (/^\d+$/.test(text)) return BigInt(text);
    throw new PipelineError(
      "unavailable",
      `Cannot use ${this.#rpc.endpoint}: it gives ${what} of ${JSON.stringify(text)}`,
    );
  }

  /** A message that the node does not know may mean an upgrade; then the next visit writes the new form. */
  async #afterUpgrade(refusal: ChainRefusal, before: number): Promise<ChainRefusal> {
    if (!isUnknownForm(refusal) || !await this.#queries.detectAgain(before)) return refusal;
    return new ChainRefusal("Cannot send the transaction", refusal, {
      class: "wait",
      kind: "retry",
      hint: `The chain now speaks emissions v${this.generation}; the next visit writes that form.`,
    });
  }
}
