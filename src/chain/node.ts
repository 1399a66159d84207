import { PipelineError } from "../errors.ts";
import { opensWindow, windowsOpened } from "./block_results.ts";
import {
  ChainRefusal,
  IN_CACHE,
  isUnknownForm,
  mempoolRefusal,
  simulatedRefusal,
} from "./chain_error.ts";
import type { Broadcast } from "./client.ts";
import * as m from "./messages.ts";
import type { Queries } from "./query.ts";
import * as results from "./results.ts";
import { emaScoreAt, type EpochKey, settlementOf } from "./rewards.ts";
import { type AbciAnswer, type RpcClient, RpcFault } from "./rpc.ts";
import { isTopicActive, nextTopicId, topicOf } from "./topic.ts";
import { windowOf } from "./window.ts";
import { decode, encode } from "./wire.ts";

/**
 * One node of the chain for the length of one request, spoken to in the generation that it serves.
 * Its failures are PipelineError "unavailable"; a ChainRefusal, and "config" for a topic that does not
 * exist, are the chain's answers.
 */
export class NodeClient {
  readonly #queries: Queries;
  readonly #rpc: RpcClient;

  constructor(queries: Queries) {
    this.#queries = queries;
    this.#rpc = queries.rpc;
  }

  status() {
    return this.#rpc.status();
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

  nextTopicId() {
    return nextTopicId(this.#queries);
  }

  isTopicActive(topicId: bigint) {
    return isTopicActive(this.#queries, topicId);
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
    const before = this.#queries.generation;
    const answer = await this.#rpc.abciQuery(path, encode(m.SimulateRequest, { txBytes: tx }));
    if (answer.code !== 0) throw await this.#afterUpgrade(simulatedRefusal(answer), before);
    return decode(m.SimulateAnswer, answer.value, this.#rpc.endpoint).gasInfo?.gasUsed ?? 0n;
  }

  async broadcast(tx: Uint8Array): Promise<Broadcast> {
    const before = this.#queries.generation;
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

  async upgradePlan() {
    const path = "/cosmos.upgrade.v1beta1.Query/CurrentPlan";
    const plan = (await this.#queries.ask(path, new Uint8Array(), m.UpgradePlanAnswer))?.answer
      .plan;
    return plan && { name: plan.name, height: plan.height };
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
      hint:
        `The chain now speaks emissions v${this.#queries.generation}; the next visit writes that form.`,
    });
  }
}
