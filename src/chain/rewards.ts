import { PipelineError } from "../errors.ts";
import { blockEvents, type EmissionsEvent, searchBlocks } from "./block_results.ts";
import { OfTopicAndAddress, ScoreEmaAnswer } from "./messages.ts";
import type { Queries } from "./query.ts";
import { topicOf } from "./topic.ts";

/** One worker's epoch. */
export interface EpochKey {
  readonly topicId: bigint;
  readonly nonce: bigint;
  readonly address: string;
}

/** What the chain paid for an epoch. */
export interface EpochSettlement {
  /** The block that scored and paid it. */
  readonly height: bigint;
  /** Whole uallo, the fraction dropped; 0 for a worker that got nothing; undefined when the block does not tell. */
  readonly rewardUallo: bigint | undefined;
  readonly emaScore: string | undefined;
}

/** As ChainClient says. */
export async function emaScoreAt(
  queries: Queries,
  topicId: bigint,
  nonce: bigint,
  address: string,
): Promise<string | undefined> {
  const question = {
    method: "GetInfererScoreEma",
    request: OfTopicAndAddress,
    answer: ScoreEmaAnswer,
  };
  const score = (await queries.emissions(question, { topicId, address }))?.answer.score;
  return score?.blockHeight === nonce ? score.score : undefined;
}

/** As ChainClient says. */
export async function settlementOf(
  queries: Queries,
  epoch: EpochKey,
  headHeight: bigint,
): Promise<EpochSettlement | undefined> {
  const { rpc, generation } = queries;
  const type = `emissions.v${generation}.EventScoresSet`;
  const indexed = await searchBlocks(
    rpc,
    `${type}.block_height='"${epoch.nonce}"' AND ${type}.topic_id='"${epoch.topicId}"'`,
  );
  const heights = indexed.length > 0 ? indexed : await likelyHeights(queries, epoch, headHeight);
  for (const height of heights) {
    const events = await blockEvents(rpc, height);
    const found = events && settlementIn(events, epoch, height);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Where an epoch may have been settled: with the epoch that ends as its truth is due or with one of the
 * next two, or as the time for reporting its losses ends.
 */
async function likelyHeights(
  queries: Queries,
  { topicId, nonce }: EpochKey,
  headHeight: bigint,
): Promise<readonly bigint[]> {
  const topic = await topicOf(queries, topicId);
  if (topic === undefined) return [];
  const { epochLength, groundTruthLag, submissionWindow } = topic;
  const due = nonce + groundTruthLag;
  const heights = [
    ...[due, due + epochLength, due + 2n * epochLength],
    ...[due + groundTruthLag, due + submissionWindow],
  ];
  return [...new Set(heights)].filter((height) => height <= headHeight);
}

/**
 * Of an epoch's events only the scores always name its nonce. The rewards name the block in which they
 * are settled, or the nonce: both were seen, so the scores beside them tell whose they are.
 */
function settlementIn(
  events: readonly EmissionsEvent[],
  { topicId, nonce, address }: EpochKey,
  height: bigint,
): EpochSettlement | undefined {
  const named = (name: string, key: string, heights: readonly bigint[]) =>
    events.find((event) =>
      event.name === name && event.at("topic_id").integer() === topicId &&
      event.at("actor_type").text().startsWith("ACTOR_TYPE_INFERER") &&
      heights.includes(event.at(key).integer())
    );
  const scores = named("ScoresSet", "block_height", [nonce]);
  const rewards = named("RewardsSettled", "block_height", scores ? [nonce, height] : [nonce]);
  if (scores === undefined && rewards === undefined) return undefined;
  const emaScores = named("EMAScoresSet", "nonce", [nonce]);
  return {
    height,
    rewardUallo: rewards && wholeUallo(valueOf(rewards, "rewards", address) ?? "0"),
    emaScore: emaScores && valueOf(emaScores, "scores", address),
  };
}

/** The value in `list` that stands where the worker stands among the addresses. */
function valueOf(event: EmissionsEvent, list: string, address: string): string | undefined {
  const place = event.at("addresses").items().findIndex((each) => each.text() === address);
  return event.at(list).items()[place]?.text();
}

function wholeUallo(decimal: string): bigint {
  const [, whole] = /^(\d+)(?:\.\d*)?$/.exec(decimal) ?? [];
  if (whole !== undefined) return BigInt(whole);
  throw new PipelineError("unavailable", `Cannot read a reward: ${decimal} is no amount of uallo`);
}
