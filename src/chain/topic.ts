import type { Queries } from "./query.ts";
import { CountAnswer, NoFields, OfTopicAndAddress, TopicAnswer, YesNoAnswer } from "./messages.ts";

/** What a topic asks of its workers. Lengths, lags and heights are blocks. */
export interface Topic {
  readonly id: bigint;
  readonly metadata: string;
  readonly lossMethod: string;
  readonly epochLength: bigint;
  readonly groundTruthLag: bigint;
  readonly submissionWindow: bigint;
  /** Nonce of the newest epoch. */
  readonly epochLastEnded: bigint;
  /** One number, or one number per label (v10). */
  readonly arity: "single" | "multi";
  /** Whether the labels' values must sum to 1 within the tolerance. */
  readonly requireUnity: boolean;
  readonly unityTolerance: string;
  readonly maxLabels: number;
  /** Empty: any label. */
  readonly labelWhitelist: readonly string[];
  /** Value of the labels that a worker leaves out. */
  readonly labelDefault: string;
  readonly labelCaseSensitive: boolean;
  readonly allowNegative: boolean;
}

const GET_TOPIC = { method: "GetTopic", request: OfTopicAndAddress, answer: TopicAnswer };
const ARITY_MULTI = 2;

/** The topic, or undefined when the chain has none of this id. */
export async function topicOf(queries: Queries, topicId: bigint): Promise<Topic | undefined> {
  const row = (await queries.emissions(GET_TOPIC, { topicId }))?.answer.topic;
  if (row === undefined) return undefined;
  return {
    id: row.id,
    metadata: row.metadata,
    lossMethod: row.lossMethod,
    epochLength: row.epochLength,
    groundTruthLag: row.groundTruthLag,
    submissionWindow: row.workerSubmissionWindow,
    epochLastEnded: row.epochLastEnded,
    arity: row.outputArity === ARITY_MULTI ? "multi" : "single",
    requireUnity: row.requireUnity,
    unityTolerance: row.unityTolerance || "0",
    maxLabels: Number(row.maxLabelsPerSubmission) || 1,
    labelWhitelist: row.labelWhitelist,
    labelDefault: row.labelDefaultValue || "0",
    labelCaseSensitive: row.labelCaseSensitive,
    allowNegative: row.allowNegative,
  };
}

const NEXT_TOPIC_ID = { method: "GetNextTopicId", request: NoFields, answer: CountAnswer };
const IS_TOPIC_ACTIVE = {
  method: "IsTopicActive",
  request: OfTopicAndAddress,
  answer: YesNoAnswer,
};

/** The id that the chain's next topic will get: every topic has a lower one, from 1 on. */
export async function nextTopicId(queries: Queries): Promise<bigint> {
  return (await queries.emissions(NEXT_TOPIC_ID, {}))?.answer.count ?? 1n;
}

/** Whether the topic opens windows. */
export async function isTopicActive(queries: Queries, topicId: bigint): Promise<boolean> {
  return (await queries.emissions(IS_TOPIC_ACTIVE, { topicId }))?.answer.yes ?? false;
}
