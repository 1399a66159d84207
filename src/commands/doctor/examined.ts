import { TIMER_EPOCH_MS } from "../../cycle/timer_epoch.ts";
import { join } from "node:path";
import type { ChainClient, Topic, Window } from "../../chain/client.ts";
import { NOBODY } from "../../chain/survey.ts";
import { messageOf, PipelineError } from "../../errors.ts";
import type { CheckResult } from "../../health/check.ts";
import type { HealthContext } from "../../health/context.ts";
import { exactCure } from "../../health/cure.ts";
import { unknown } from "../../health/found.ts";
import type { Place, Settings, TopicSettings } from "../../settings.ts";
import { openContext } from "../health/context.ts";
import type { Terminal } from "../terminal_io.ts";
import { addressOf } from "../wallet/address.ts";

/** What the chain says of a topic that is on. */
export interface TopicFacts {
  readonly topic: TopicSettings;
  /** Undefined: the chain has no such topic. */
  readonly onChain: Topic | undefined;
  readonly window: Window | undefined;
  /** Chain time from block to block, milliseconds. */
  readonly blockMs: number;
}

/** Everything that is looked at; what is asked of the chain is asked once. */
export interface Examined {
  readonly settings: Settings;
  readonly place: Place;
  /** Of the file system: another one in a test. */
  readonly root: string;
  readonly isOffline: boolean;
  /** As the health room's checks see it; the worker is the wallet's. */
  readonly health: HealthContext;
  /** Of the wallet, or why it is not known. */
  readonly address: string | PipelineError;
  /** The facts of each topic; one of which they cannot be had fails alone. */
  topics(): Promise<
    readonly (TopicFacts | { readonly topic: TopicSettings; readonly error: unknown })[]
  >;
}

export interface ExaminedOptions {
  readonly settings: Settings;
  readonly place: Place;
  readonly root: string;
  readonly isOffline: boolean;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Begins to look. Disposing it closes what was opened. */
export async function examined(options: ExaminedOptions): Promise<Examined & Disposable> {
  const { settings, place, root, isOffline, terminal: { host }, signal } = options;
  const opened = openContext({ settings, host, signal });
  const address = await addressOf(settings).catch((thrown) => {
    if (thrown instanceof PipelineError) return thrown;
    throw thrown;
  });
  const health: HealthContext = {
    ...opened,
    ...typeof address === "string" ? { worker: () => address } : {},
    // Without the network the wall clock is all there is.
    ...isOffline ? { marketNowMs: () => Promise.resolve(host.nowMs()) } : {},
  };
  let facts: ReturnType<Examined["topics"]> | undefined;
  return {
    ...{ settings, place, root, isOffline, health, address },
    topics: () => facts ??= topicFacts(health, typeof address === "string" ? address : NOBODY),
    [Symbol.dispose]: () => opened[Symbol.dispose](),
  };
}

/** Blocks over which the pace is measured. */
const STRETCH = 200n;

async function topicFacts(health: HealthContext, address: string) {
  const chain = await health.chain();
  const { height, timeMs } = await chain.head();
  const from = height > STRETCH ? height - STRETCH : 1n;
  const blocks = Number(height - from);
  const blockMs = blocks < 1 ? 0 : (timeMs - await chain.blockTimeMs(from)) / blocks;
  return await Promise.all(health.settings.topics.map(async (topic) => {
    try {
      const [onChain, window] = await Promise.all([
        chain.topic(topic.topicId),
        windowOf(chain, topic.topicId, address),
      ]);
      return { topic, onChain, window, blockMs };
    } catch (error) {
      return { topic, error };
    }
  }));
}

/** "There is no such topic" is an answer. */
function windowOf(chain: ChainClient, topicId: bigint, address: string) {
  return chain.window(topicId, address).catch((thrown) => {
    if (thrown instanceof PipelineError && thrown.kind === "config") return undefined;
    throw thrown;
  });
}

/** A look of the chain at each topic; a topic whose facts cannot be had gets one line that says so. */
export async function ofTopics(
  { topics }: Examined,
  id: string,
  look: (facts: TopicFacts) => readonly CheckResult[],
): Promise<readonly CheckResult[]> {
  const found = await topics();
  return found.flatMap((facts) =>
    "error" in facts
      ? unknown(facts.error, { id, topicId: facts.topic.topicId }, "allora-pipeline rpc")
      : look(facts)
  );
}

/** Whether an epoch of the topic is too short for the timer. */
export function needsDaemon({ onChain, blockMs }: TopicFacts): boolean {
  return onChain !== undefined && Number(onChain.epochLength) * blockMs < TIMER_EPOCH_MS;
}

/** What a failure says, as a line that fails. */
export function failed(
  what: Pick<CheckResult, "id" | "topicId" | "subject">,
  thrown: unknown,
  fix: string,
): CheckResult {
  const hint = thrown instanceof PipelineError ? thrown.hint : undefined;
  const message = messageOf(thrown).replace(/\.$/, "");
  return { ...what, status: "CRITICAL", message, fix: exactCure(hint, fix) };
}

/** The topic's file. */
export function topicFile({ place }: Examined, topicId: bigint): string {
  return join(place.topicsDir, `${topicId}.env`);
}
