import { PipelineError } from "../errors.ts";
import { agreementOf, wordOf, wordsOf } from "./agreement.ts";
import type { Broadcast, ChainClient, ConnectOptions } from "./client.ts";
import type { EndpointRecord } from "./endpoint.ts";
import { Endpoints } from "./endpoints.ts";
import type { NodeClient } from "./node.ts";
import { offerTransaction } from "./offer.ts";
import type { EpochKey } from "./rewards.ts";
import type { Receipt } from "./rpc.ts";
import type { Window } from "./window.ts";

/** A node that is a block behind has caught up after this or a few of it. */
const AGREE_PAUSE_MS = 500;

/** The chain through several nodes: what one of them may say alone, and what takes two. */
export class ChainPool implements ChainClient {
  readonly #options: ConnectOptions;
  readonly #endpoints: Endpoints;
  /** The greatest height handed out as one that two nodes have passed. */
  #finalHeight = 0n;

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#endpoints = new Endpoints(options);
  }

  /** Finds nodes that can be used; throws every node's reason when there are none. */
  async open(): Promise<void> {
    const [best] = await this.#endpoints.twoInStep(() => Promise.resolve());
    this.#endpoints.last = best!.endpoint;
  }

  get chainId(): string {
    return this.#endpoints.chainId;
  }

  get url(): string {
    return this.#endpoints.last.origin;
  }

  get generation(): number {
    return this.#endpoints.last.generation;
  }

  records(): readonly EndpointRecord[] {
    return this.#endpoints.all.map(({ record }) => record);
  }

  async head() {
    const said = await this.#endpoints.twoInStep(async (node, endpoint) => {
      const status = await node.status();
      this.#endpoints.admit(endpoint, status);
      return status;
    });
    const { height, timeMs } = said.map(({ value }) => value)
      .reduce((a, b) => b.height < a.height ? b : a);
    if (height > this.#finalHeight) this.#finalHeight = height;
    return { height, timeMs };
  }

  async finalHeight() {
    return (await this.head()).height;
  }

  async window(topicId: bigint, address: string): Promise<Window> {
    const { host, signal, timeoutMs } = this.#options;
    const untilMs = this.#endpoints.deadlineMs();
    const ask = (count: number) =>
      this.#endpoints.several(
        count,
        (node) => node.window(topicId, address).catch(missingTopic),
        untilMs,
      );
    let said = await ask(2);
    if (said.length === 1) {
      this.#tellAlone(said[0]!.endpoint.origin);
      return believed(said[0]!.value);
    }
    for (;;) {
      const agreement = agreementOf(said);
      if (agreement !== undefined) {
        for (const { endpoint, value } of agreement.odd) {
          endpoint.setAside(disagreement(topicId, `${wordOf(endpoint, value)}, the others do not`));
        }
        return believed(agreement.word);
      }
      // A last round without the time to answer would blame nodes that are only interrupted.
      if (host.nowMs() + AGREE_PAUSE_MS > untilMs - timeoutMs / 4) {
        throw disagreement(topicId, wordsOf(said));
      }
      await host.sleep(AGREE_PAUSE_MS, signal);
      const again = await ask(this.#endpoints.all.length);
      // One that is left over does not outvote what another has said before.
      if (again.length > 1) said = again;
    }
  }

  async account(address: string) {
    const said = await this.#endpoints.several(2, (node) => node.account(address));
    return said.map(({ value }) => value)
      .reduce((a, b) => (b?.sequence ?? -1n) > (a?.sequence ?? -1n) ? b : a);
  }

  async transaction(hash: string): Promise<Receipt | undefined> {
    const all = this.#endpoints.all.length;
    const said = await this.#endpoints.several(all, (node) => node.transaction(hash));
    const found = said.find(({ value }) => value !== undefined);
    if (found !== undefined) return found.value;
    // The word of a node that lags behind what was handed out as final proves nothing.
    if (said.some(({ endpoint }) => endpoint.passed >= this.#finalHeight)) return undefined;
    throw new PipelineError(
      "unavailable",
      `Cannot tell whether a block holds ${hash}: no node that answers has reached block ${this.#finalHeight}`,
      { hint: "Wait, or name other endpoints." },
    );
  }

  broadcast(tx: Uint8Array): Promise<Broadcast> {
    return offerTransaction(this.#endpoints, tx, this.#options.signal);
  }

  blockTimeMs(height: bigint) {
    return this.#any((node) => node.blockTimeMs(height));
  }

  topic(topicId: bigint) {
    return this.#any((node) => node.topic(topicId));
  }

  nextTopicId() {
    return this.#any((node) => node.nextTopicId());
  }

  isTopicActive(topicId: bigint) {
    return this.#any((node) => node.isTopicActive(topicId));
  }

  balanceUallo(address: string) {
    return this.#any((node) => node.balanceUallo(address));
  }

  gasPrice() {
    return this.#any((node) => node.gasPrice());
  }

  registrationFeeUallo() {
    return this.#any((node) => node.registrationFeeUallo());
  }

  dataFeeUallo() {
    return this.#any((node) => node.dataFeeUallo());
  }

  simulate(tx: Uint8Array) {
    return this.#any((node) => node.simulate(tx));
  }

  inferencesAt(topicId: bigint, nonce: bigint) {
    return this.#any((node) => node.inferencesAt(topicId, nonce));
  }

  latestInferenceNonce(topicId: bigint, address: string) {
    return this.#any((node) => node.latestInferenceNonce(topicId, address));
  }

  scoreAt(topicId: bigint, nonce: bigint, address: string) {
    return this.#any((node) => node.scoreAt(topicId, nonce, address));
  }

  networkInferenceAt(topicId: bigint, nonce: bigint) {
    return this.#any((node) => node.networkInferenceAt(topicId, nonce));
  }

  rewardFraction(topicId: bigint, address: string) {
    return this.#any((node) => node.rewardFraction(topicId, address));
  }

  emaScoreAt(topicId: bigint, nonce: bigint, address: string) {
    return this.#any((node) => node.emaScoreAt(topicId, nonce, address));
  }

  settlementOf(epoch: EpochKey, headHeight: bigint) {
    return this.#any((node) => node.settlementOf(epoch, headHeight));
  }

  windowsOpened(topicId: bigint, after: bigint, before: bigint) {
    return this.#any((node) => node.windowsOpened(topicId, after, before));
  }

  opensWindow(topicId: bigint, height: bigint) {
    return this.#any((node) => node.opensWindow(topicId, height));
  }

  upgradePlan() {
    return this.#any((node) => node.upgradePlan());
  }

  async #any<T>(question: (node: NodeClient) => Promise<T>): Promise<T> {
    const [said] = await this.#endpoints.several(1, question);
    return said!.value;
  }

  #tellAlone(url: string): void {
    if (this.#endpoints.all.length > 1) {
      this.#endpoints.tellOnce("alone", "endpoint.alone", { url });
    }
  }
}

/** "There is no such topic" is a word like another: one node alone does not decide it. */
function missingTopic(thrown: unknown): PipelineError {
  if (thrown instanceof PipelineError && thrown.kind === "config") return thrown;
  throw thrown;
}

function believed(word: Window | PipelineError): Window {
  if (word instanceof PipelineError) throw word;
  return word;
}

function disagreement(topicId: bigint, words: string): PipelineError {
  return new PipelineError(
    "unavailable",
    `Cannot agree on the window of topic ${topicId}: ${words}`,
    { hint: "Wait, or name another endpoint: two have to agree." },
  );
}
