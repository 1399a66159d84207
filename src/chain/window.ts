import { PipelineError } from "../errors.ts";
import { NoncesAnswer, OfTopicAndAddress, WindowAnswer, YesNoAnswer } from "./messages.ts";
import { type Queries, UnknownMethod } from "./query.ts";
import { topicOf } from "./topic.ts";
import type { Table } from "./wire.ts";

/** A topic's worker submission window as the next block sees it; all bounds are block heights. */
export interface Window {
  readonly topicId: bigint;
  /** Whether the next block can still take a payload. */
  readonly isOpen: boolean;
  /** Height that names the epoch and goes into the payload; undefined when closed. */
  readonly nonce: bigint | undefined;
  /** The nonce's own block; the first that can hold a payload is the next. 0 when closed. */
  readonly opens: bigint;
  /** Last block that can hold a payload, inclusive: the timeout height. 0 when closed. */
  readonly closes: bigint;
  /** 0 when the topic is not active. */
  readonly nextOpens: bigint;
  readonly nextCloses: bigint;
  readonly isRegistered: boolean;
  readonly isWhitelisted: boolean;
  readonly isActive: boolean;
}

const ofTopic = <A extends object>(method: string, answer: Table<A>) => ({
  method,
  request: OfTopicAndAddress,
  answer,
});
const WINDOW = ofTopic("GetWorkerSubmissionWindowStatus", WindowAnswer);
const NONCES = ofTopic("GetUnfulfilledWorkerNonces", NoncesAnswer);
const REGISTERED = ofTopic("IsWorkerRegisteredInTopicId", YesNoAnswer);
const MAY_SUBMIT = ofTopic("CanSubmitWorkerPayload", YesNoAnswer);
const ACTIVE = ofTopic("IsTopicActive", YesNoAnswer);

/** Emissions v7 has no window query: its nodes answer "unknown query path". */
const FIRST_WITH_WINDOW_QUERY = 9;

/**
 * The window of `topicId` and where `address` stands in it.
 *
 * @throws PipelineError "config" when the topic does not exist.
 */
export async function windowOf(
  queries: Queries,
  topicId: bigint,
  address: string,
): Promise<Window> {
  if (queries.generation < FIRST_WITH_WINDOW_QUERY) {
    return await assemble(queries, topicId, address);
  }
  try {
    const found = await queries.emissions(WINDOW, { topicId, address });
    if (found === undefined) throw missing(topicId);
    const { answer } = found;
    const isOpen = answer.isOpen && answer.currentNonce > 0n;
    return {
      topicId,
      isOpen,
      nonce: isOpen ? answer.currentNonce : undefined,
      opens: isOpen ? answer.windowStart : 0n,
      closes: isOpen ? answer.windowEnd : 0n,
      nextOpens: answer.nextWindowStart,
      nextCloses: answer.nextWindowEnd,
      isRegistered: answer.isRegistered,
      isWhitelisted: answer.isWhitelisted,
      isActive: answer.isTopicActive,
    };
  } catch (thrown) {
    if (thrown instanceof UnknownMethod) return await assemble(queries, topicId, address);
    throw thrown;
  }
}

/**
 * The window from the older queries. The end leaves out block nonce + window: v7 refuses it with code
 * 67 while later generations accept it, and one block early is right for both.
 */
async function assemble(queries: Queries, topicId: bigint, address: string): Promise<Window> {
  const of = { topicId, address };
  const [topic, unfulfilled, registered, maySubmit, active] = await Promise.all([
    topicOf(queries, topicId),
    queries.emissions(NONCES, { topicId }),
    queries.emissions(REGISTERED, of),
    queries.emissions(MAY_SUBMIT, of),
    queries.emissions(ACTIVE, { topicId }),
  ]);
  if (topic === undefined || unfulfilled === undefined) throw missing(topicId);

  const nextBlock = unfulfilled.height + 1n;
  const closesOf = (nonce: bigint) => nonce + topic.submissionWindow - 1n;
  const nonce = (unfulfilled.answer.nonces?.nonces ?? [])
    .map(({ blockHeight }) => blockHeight)
    .findLast((height) => height < nextBlock && nextBlock <= closesOf(height));
  const isActive = active?.answer.yes ?? false;
  const nextOpens = isActive ? topic.epochLastEnded + topic.epochLength : 0n;
  return {
    topicId,
    isOpen: nonce !== undefined,
    nonce,
    opens: nonce ?? 0n,
    closes: nonce === undefined ? 0n : closesOf(nonce),
    nextOpens,
    nextCloses: isActive ? closesOf(nextOpens) : 0n,
    isRegistered: registered?.answer.yes ?? false,
    isWhitelisted: maySubmit?.answer.yes ?? false,
    isActive,
  };
}

function missing(topicId: bigint): PipelineError {
  return new PipelineError(
    "config",
    `Cannot read the window of topic ${topicId}: there is no such topic`,
    {
      hint: "Check the topic id against the topics of this chain.",
    },
  );
}
