import {
  InferencesAnswer,
  LatestInferenceAnswer,
  NetworkBundleAnswer,
  OfTopicAndAddress,
  OfTopicAndBlock,
  RewardFractionAnswer,
  ScoresAnswer,
  ValueBundleAnswer,
} from "./messages.ts";
import { queryPath } from "./generation.ts";
import type { Queries } from "./query.ts";
import { encode } from "./wire.ts";

/** One worker's prediction as the chain keeps it. */
export interface StoredInference {
  readonly inferer: string;
  /** The prediction of a SINGLE topic; empty in a MULTI topic. */
  readonly value: string;
  /** One per label, in the order of the epoch's label registry; a SINGLE topic has one. */
  readonly values: readonly string[];
}

/** A SINGLE topic's only label is "y". */
export interface LabelledValue {
  readonly label: string;
  readonly value: string;
}

/** From here on the network's inference is a value per label. */
const FIRST_WITH_LABELS = 10;

/** The active set of a closed window; empty while it is open. */
export async function inferencesAt(
  queries: Queries,
  topicId: bigint,
  nonce: bigint,
): Promise<readonly StoredInference[]> {
  const question = {
    method: "GetInferencesAtBlock",
    request: OfTopicAndBlock,
    answer: InferencesAnswer,
  };
  const found = await queries.emissions(question, { topicId, blockHeight: nonce });
  return (found?.answer.inferences?.inferences ?? []).map(({ inferer, value, values }) => {
    const all = values.length > 0 ? values : [value];
    return { inferer, value: all.length === 1 ? all[0] ?? "" : "", values: all };
  });
}

export async function latestInferenceNonce(
  queries: Queries,
  topicId: bigint,
  address: string,
): Promise<bigint | undefined> {
  const request = encode(OfTopicAndAddress, { topicId, address });
  const found = await queries.inGeneration((generation) => {
    const input = generation >= FIRST_WITH_LABELS ? "Input" : "";
    const path = queryPath(generation, `GetWorkerLatest${input}InferenceByTopicId`);
    return queries.ask(path, request, LatestInferenceAnswer);
  });
  return found?.answer.inference?.blockHeight;
}

/** The score of one worker's inference, as the chain's decimal text. */
export async function scoreAt(
  queries: Queries,
  topicId: bigint,
  nonce: bigint,
  address: string,
): Promise<string | undefined> {
  const question = {
    method: "GetWorkerInferenceScoresAtBlock",
    request: OfTopicAndBlock,
    answer: ScoresAnswer,
  };
  const found = await queries.emissions(question, { topicId, blockHeight: nonce });
  return found?.answer.scores?.scores.find((score) => score.address === address)?.score;
}

export async function networkInferenceAt(
  queries: Queries,
  topicId: bigint,
  nonce: bigint,
): Promise<readonly LabelledValue[] | undefined> {
  const request = encode(OfTopicAndBlock, { topicId, blockHeight: nonce });
  return await queries.inGeneration(async (generation) => {
    const path = queryPath(generation, "GetNetworkInferencesAtBlock");
    if (generation >= FIRST_WITH_LABELS) {
      const found = await queries.ask(path, request, NetworkBundleAnswer);
      return found?.answer.bundle?.combined.map(({ label, value }) => ({ label, value }));
    }
    const bundle = (await queries.ask(path, request, ValueBundleAnswer))?.answer.bundle;
    return bundle && [{ label: "y", value: bundle.combined }];
  });
}

/** The worker's share of the topic's last reward; undefined when there was none. */
export async function rewardFraction(
  queries: Queries,
  topicId: bigint,
  address: string,
): Promise<string | undefined> {
  const question = {
    method: "GetPreviousInferenceRewardFraction",
    request: OfTopicAndAddress,
    answer: RewardFractionAnswer,
  };
  const found = await queries.emissions(question, { topicId, address });
  if (found === undefined || found.answer.notFound) return undefined;
  return found.answer.rewardFraction || undefined;
}
