import { messageOf, PipelineError } from "../errors.ts";
import type { ConnectOptions } from "./client.ts";
import { Endpoint, isFailure, UnfitNode } from "./endpoint.ts";
import type { NodeClient } from "./node.ts";
import type { Status } from "./rpc.ts";

export type TellOfEndpoints = (
  event: "endpoint.failed" | "endpoint.alone" | "chain.upgraded",
  fields: Readonly<Record<string, unknown>>,
) => void;

/** One node's answer. */
export interface Said<T> {
  readonly endpoint: Endpoint;
  readonly value: T;
}

type Question<T> = (node: NodeClient, endpoint: Endpoint) => Promise<T>;

/** A node this many blocks behind another is not used: at a few seconds a block it has lost its peers. */
const MAX_LAG = 5n;
/** A connection may last for weeks, and trouble that comes back is news. */
const TELL_AGAIN_MS = 3_600_000;
/** Allora makes a block in about five seconds; this is far below what consensus can do. */
const FASTEST_BLOCK_MS = 200;
/** A visit's length does not depend on less: the order of the settings then holds. */
const LATENCY_STEP_MS = 100;

/** All configured endpoints: who is asked, in which order, and what is said of those that fail. */
export class Endpoints {
  readonly all: readonly Endpoint[];
  /** Its node has answered last. */
  last: Endpoint;
  readonly #options: ConnectOptions;
  readonly #told = new Map<string, number>();

  /** Throws "config" for an endpoint that is no address. `urls` must not be empty. */
  constructor(options: ConnectOptions) {
    this.#options = options;
    const { urls, known = [], host, timeoutMs, signal } = options;
    this.all = [...new Set(urls)].map((url) =>
      new Endpoint(
        known.find((record) => record.url === url) ?? { ...NEVER_ASKED, url },
        { host, timeoutMs, signal },
        (endpoint, error) => this.#failed(endpoint, error),
      )
    );
    this.last = this.all[0]!;
  }

  get chainId(): string {
    return this.#options.expectChainId ?? this.last.chainId;
  }

  /** End of a request that begins now, epoch milliseconds. */
  deadlineMs(): number {
    return this.#options.host.nowMs() + this.#options.timeoutMs;
  }

  /**
   * The answers of `count` nodes, the best ones first; of fewer, and at least one, when no more can
   * answer. A node that fails is replaced by the next, and may take only its share of the time that is
   * left. Throws the chain's refusal, or every node's reason when none answers.
   */
  async several<T>(
    count: number,
    question: Question<T>,
    untilMs = this.deadlineMs(),
    among: readonly Endpoint[] = this.inOrder(),
  ): Promise<readonly Said<T>[]> {
    const waiting = [...among];
    const failures: PipelineError[] = [];
    const lanes = Math.min(count, waiting.length);
    const answerOf = async (lane: number): Promise<readonly Said<T>[]> => {
      for (;;) {
        const leftMs = untilMs - this.#options.host.nowMs();
        const isLate = leftMs <= 0 && failures.length > 0;
        // One that has failed again and again is a last resort, not a second opinion.
        const isUseless = lane > 0 && waiting[0]?.isResting;
        const endpoint = isLate || isUseless ? undefined : waiting.shift();
        if (endpoint === undefined) return [];
        try {
          const shareMs = leftMs / Math.max(lanes, waiting.length + 1);
          return [{ endpoint, value: await this.#ask(endpoint, question, shareMs) }];
        } catch (thrown) {
          if (!isFailure(thrown)) throw thrown;
          failures.push(thrown);
        }
      }
    };
    const answers = await Promise.all(Array.from({ length: lanes }, (_, lane) => answerOf(lane)));
    const said = answers.flat();
    if (said.length === 0) throw whyNone(failures);
    return said;
  }

  /** As several() with two, without a node that turns out to lag behind another. */
  async twoInStep<T>(
    question: Question<T>,
    untilMs = this.deadlineMs(),
  ): Promise<readonly Said<T>[]> {
    const said = await this.several(2, question, untilMs);
    const kept = said.filter(({ endpoint }) => {
      const unfit = this.#whyUnfit(endpoint, endpoint.chainId, endpoint);
      if (unfit !== undefined) endpoint.setAside(unfit);
      return unfit === undefined;
    });
    // Then others are known to be ahead: those set aside are not admitted again while they lag.
    return kept.length > 0 ? kept : await this.twoInStep(question, untilMs);
  }

  /** Takes note of a node's status; throws UnfitNode when it shows that the node is not to be used. */
  admit(endpoint: Endpoint, status: Status): void {
    const { chainId, catchingUp } = status;
    const unfit = catchingUp
      ? new UnfitNode("unavailable", `Cannot use ${endpoint.origin}: it is still catching up`)
      : this.#whyUnfit(endpoint, chainId, status);
    if (unfit !== undefined) throw unfit;
    endpoint.saw(status);
  }

  /** As they are asked: the quick ones first, those that failed lately last. */
  inOrder(): Endpoint[] {
    const rank = ({ record, isSuspect }: Endpoint) =>
      isSuspect ? Infinity : Math.floor((record.latencyMs ?? 0) / LATENCY_STEP_MS);
    return this.all.map((endpoint) => ({ endpoint, rank: rank(endpoint) }))
      .sort((a, b) => a.rank === b.rank ? 0 : a.rank - b.rank)
      .map(({ endpoint }) => endpoint);
  }

  /** Tells what `key` stands for, and again when it still is so an hour later. */
  tellOnce(key: string, ...what: Parameters<TellOfEndpoints>): void {
    const nowMs = this.#options.host.nowMs();
    if (nowMs - (this.#told.get(key) ?? -Infinity) < TELL_AGAIN_MS) return;
    this.#told.set(key, nowMs);
    this.#options.tell?.(...what);
  }

  async #ask<T>(endpoint: Endpoint, question: Question<T>, withinMs: number): Promise<T> {
    const before = endpoint.generation;
    try {
      const answer = await endpoint.ask(
        (node) => question(node, endpoint),
        withinMs,
        (status) => this.admit(endpoint, status),
      );
      this.last = endpoint;
      return answer;
    } catch (thrown) {
      if (!isFailure(thrown)) this.last = endpoint;
      throw thrown;
    } finally {
      const { generation } = endpoint;
      if (before !== 0 && generation !== before) {
        this.tellOnce(`v${generation}`, "chain.upgraded", { generation, before });
      }
    }
  }

  #whyUnfit(endpoint: Endpoint, chainId: string, head: Head): UnfitNode | undefined {
    const others = this.all.filter((other) => other !== endpoint && other.chainId !== "");
    const expected = this.#options.expectChainId ?? others[0]?.chainId ?? chainId;
    if (chainId !== expected) {
      return new UnfitNode(
        "config",
        `Cannot use ${endpoint.origin}: it serves chain ${chainId}, expected ${expected}`,
        { hint: "Correct the endpoint or the chain id in the settings." },
      );
    }
    const distant = others.find((other) => {
      const isAhead = other.height - head.height > MAX_LAG && !isImpossible(other, head);
      return isAhead || head.height - other.height > MAX_LAG && isImpossible(head, other);
    });
    if (distant === undefined) return undefined;
    const lag = distant.height - head.height;
    const where = lag > 0n
      ? `${lag} blocks behind ${distant.origin}`
      : `${-lag} blocks ahead of ${distant.origin}, further than a chain comes in the time between`;
    return new UnfitNode(
      "unavailable",
      `Cannot use ${endpoint.origin}: at block ${head.height} it is ${where}`,
    );
  }

  #failed({ origin }: Endpoint, error: PipelineError): void {
    // What has only one node to speak of is the error itself, which the caller gets.
    if (this.all.length === 1) return;
    // Numbers and methods differ between requests that fail for one reason.
    const reason = error.message.replace(/\d+| (to|for) \S+/g, "");
    this.tellOnce(`${origin} ${reason}`, "endpoint.failed", { url: origin, error: error.message });
  }
}

type Head = Pick<Status, "height" | "timeMs">;

/** Whether a head so far above the other cannot be true: no chain makes blocks that fast. */
function isImpossible(higher: Head, lower: Head): boolean {
  return higher.timeMs - lower.timeMs < Number(higher.height - lower.height) * FASTEST_BLOCK_MS;
}

const NEVER_ASKED = {
  ...{ answers: 0, failures: 0, streak: 0 },
  ...{ latencyMs: null, lastError: null, lastErrorMs: null, height: null },
};

function whyNone(failures: readonly PipelineError[]): PipelineError {
  const [first, ...more] = failures;
  if (first !== undefined && more.length === 0) return first;
  const telling = failures.find(({ kind }) => kind !== "unavailable");
  const reasons = failures.map(messageOf).join("; ");
  return new PipelineError(
    telling?.kind ?? "unavailable",
    `Cannot reach the chain: ${reasons}`,
    { hint: telling?.hint ?? "Wait, or name other endpoints." },
  );
}
