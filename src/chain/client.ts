import { PipelineError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import type { ChainRefusal } from "./chain_error.ts";
import type { EndpointRecord } from "./endpoint.ts";
import type { TellOfEndpoints } from "./endpoints.ts";
import { ChainPool } from "./pool.ts";
import type { EpochKey, EpochSettlement } from "./rewards.ts";
import type { LabelledValue, StoredInference } from "./results.ts";
import type { Receipt } from "./rpc.ts";
import type { Topic } from "./topic.ts";
import type { Window } from "./window.ts";

export type { EndpointRecord } from "./endpoint.ts";
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

/**
 * The chain, through whichever of the endpoints serve it well. Each request is answered, or fails as
 * "unavailable", within one deadline, however many nodes it had to be put to.
 */
export interface ChainClient {
  readonly chainId: string;
  /** Scheme, host and port of the node that answered last. */
  readonly url: string;
  /** Of the emissions module at the node that answered last; changes when the chain is upgraded. */
  readonly generation: number;
  /** The newest block that the two best nodes have both reached. */
  head(): Promise<{ height: bigint; timeMs: number }>;
  /**
   * A height that the two best nodes have both passed: what transaction() finds in no block, asked
   * after this was read, is in none up to it.
   */
  finalHeight(): Promise<bigint>;
  blockTimeMs(height: bigint): Promise<number>;
  /** Two nodes agree on nonce and bounds; one alone is believed, and told, when no other answers. */
  window(topicId: bigint, address: string): Promise<Window>;
  topic(topicId: bigint): Promise<Topic | undefined>;
  /** Every topic has a lower id, from 1 on. */
  nextTopicId(): Promise<bigint>;
  /** Whether the topic opens windows, by one node's word. */
  isTopicActive(topicId: bigint): Promise<boolean>;
  /** Of two nodes the one that has seen more of it. Undefined: the address has never held anything. */
  account(address: string): Promise<{ number: bigint; sequence: bigint } | undefined>;
  balanceUallo(address: string): Promise<bigint>;
  /** The fee market's price of one gas, in 1e-18 uallo. */
  gasPrice(): Promise<bigint>;
  registrationFeeUallo(): Promise<bigint>;
  /** Taken from the sender of each accepted payload. */
  dataFeeUallo(): Promise<bigint>;
  /** Gas used by a rehearsal of the transaction. Throws the ChainRefusal that it would meet. */
  simulate(tx: Uint8Array): Promise<bigint>;
  /** Offers the same bytes to one node after the other until one takes them. */
  broadcast(tx: Uint8Array): Promise<Broadcast>;
  /** By hash in hexadecimal; undefined while it is in no block that a node has indexed. */
  transaction(hash: string): Promise<Receipt | undefined>;
  /** The active set of a closed window. */
  inferencesAt(topicId: bigint, nonce: bigint): Promise<readonly StoredInference[]>;
  /** Nonce of the worker's inference in the open window; undefined when it is not in the active set. */
  latestInferenceNonce(topicId: bigint, address: string): Promise<bigint | undefined>;
  scoreAt(topicId: bigint, nonce: bigint, address: string): Promise<string | undefined>;
  networkInferenceAt(topicId: bigint, nonce: bigint): Promise<readonly LabelledValue[] | undefined>;
  /** Share of the topic's last reward; undefined when there was none. */
  rewardFraction(topicId: bigint, address: string): Promise<string | undefined>;
  /** The upgrade that the chain has decided on, and the height at which it halts for it. */
  upgradePlan(): Promise<{ name: string; height: bigint } | undefined>;
  /** What is to be remembered of each endpoint until the next connection. */
  records(): readonly EndpointRecord[];
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
  /** What records() gave before; it decides who is asked first. */
  readonly known?: readonly EndpointRecord[];
  /** Hears of nodes that fail while others answer, and of the chain's upgrade. */
  readonly tell?: TellOfEndpoints;
}

/**
 * The chain behind `urls`, as soon as one of them answers, follows the chain and is of the expected one;
 * the others are looked at when they are needed.
 *
 * @throws PipelineError when no node can be used, with each one's reason: "config" when one is of
 * another chain or no address, "internal" when one speaks only generations that are not known here,
 * "unavailable" otherwise.
 */
export async function connect(options: ConnectOptions): Promise<ChainClient> {
  if (options.urls.length === 0) {
    throw new PipelineError("unavailable", "Cannot reach the chain: no endpoint is set");
  }
  const pool = new ChainPool(options);
  await pool.open();
  return pool;
}
