import { type ChainError, SDK } from "./chain_error.ts";
import {
  BoolAnswer,
  CommitAnswer,
  CountAnswer,
  DecAnswer,
  NodeAnswer,
  ScoreAnswer,
  ScoreListAnswer,
  ScoresAnswer,
} from "./emissions_answers.ts";
import { paramsResponse } from "./emissions_params.ts";
import { grpcError } from "./grpc_error.ts";
import { inferencesAnswer, latestInference, networkAnswer } from "./inference_answers.ts";
import type { QueryContext } from "./queries.ts";
import { openNonces, topicAnswer, windowStatus } from "./topic_answers.ts";
import type { ClosedEpoch } from "./submissions.ts";
import { lowestScore, type Topic } from "./topics.ts";
import { MessageType, type Of } from "./wire.ts";
import { count, string } from "./wire_kinds.ts";

/** Every request of the service is a topic with a height or an address, or one of them alone. */
const ByTopic = new MessageType("*TopicRequest", { topicId: [1, count] });
const ByHeight = new MessageType("*HeightRequest", { topicId: [1, count], height: [2, count] });
const ByWorker = new MessageType("*WorkerRequest", { topicId: [1, count], address: [2, string] });
const ByAddress = new MessageType("*AddressRequest", { address: [1, string] });

/** The one method whose name changed between generations. */
const LATEST = {
  9: "GetWorkerLatestInferenceByTopicId",
  10: "GetWorkerLatestInputInferenceByTopicId",
} as const;

/** Answers a query to the chain's own emissions service; undefined for any other path. */
export function answerEmissionsQuery(
  path: string,
  request: Uint8Array,
  context: QueryContext,
): Uint8Array | undefined {
  const service = `/emissions.v${context.generation}.QueryService/`;
  if (!path.startsWith(service)) return undefined;
  const method = path.slice(service.length);
  const handler = method === LATEST[context.generation] ? LATEST_INFERENCE : COMMON[method];
  return handler?.(request, context);
}

type Handler = (request: Uint8Array, context: QueryContext) => Uint8Array;

function byTopic(answer: (topic: Topic, context: QueryContext) => Uint8Array): Handler {
  return (request, context) => answer(existing(context, ByTopic.decode(request).topicId), context);
}

function byHeight(
  answer: (topic: Topic, height: number, context: QueryContext) => Uint8Array,
): Handler {
  return (request, context) => {
    const { topicId, height } = ByHeight.decode(request);
    return answer(existing(context, topicId), height, context);
  };
}

function byWorker(
  answer: (topic: Topic, address: string, context: QueryContext) => Uint8Array,
): Handler {
  return (request, context) => {
    const { topicId, address } = ByWorker.decode(request);
    return answer(existing(context, topicId), address, context);
  };
}

function existing({ topics }: QueryContext, id: number): Topic {
  const topic = topics.get(id);
  if (topic === undefined) {
    throw SDK.unknownRequest.wrap("error getting topic: topic does not exist");
  }
  return topic;
}

const yes = (value: boolean) => BoolAnswer.encode({ value });

const COMMON: Readonly<Record<string, Handler>> = {
  GetParams: (_, { generation, options }) =>
    paramsResponse(generation, {
      registrationFee: options.registrationFee ?? "200",
      dataSendingFee: options.dataFee ?? "10",
    }),
  GetTopic: byTopic((topic, { generation }) => topicAnswer(topic, generation)),
  GetNextTopicId: (_, { topics }) =>
    CountAnswer.encode({ value: Math.max(0, ...topics.keys()) + 1 }),
  TopicExists: (request, { topics }) => yes(topics.has(ByTopic.decode(request).topicId)),
  IsTopicActive: byTopic((topic) => yes(topic.active)),
  GetWorkerSubmissionWindowStatus: byWorker(windowStatus),
  GetOpenWorkerSubmissionWindows: byTopic(openNonces),
  GetUnfulfilledWorkerNonces: byTopic(openNonces),
  IsWorkerNonceUnfulfilled: byHeight((topic, height) => yes(topic.open?.nonce === height)),
  IsWorkerRegisteredInTopicId: byWorker((topic, address) => yes(topic.workers.has(address))),
  IsReputerRegisteredInTopicId: byWorker((topic, address) => yes(topic.reputers.has(address))),
  CanSubmitWorkerPayload: byWorker((topic, address) => yes(topic.permits(address))),
  IsTopicWorkerWhitelistEnabled: byTopic(({ spec }) => yes(spec.workerWhitelist !== undefined)),
  IsWhitelistedTopicWorker: byWorker(({ spec }, address) =>
    yes(spec.workerWhitelist?.includes(address) ?? false)
  ),
  IsWhitelistedGlobalWorker: (request) => {
    ByAddress.decode(request);
    return yes(false);
  },
  GetInferencesAtBlock: byHeight((topic, height, { generation }) =>
    inferencesAnswer(topic, topic.closed.get(height), generation)
  ),
  GetLatestTopicInferences: byTopic((topic, { generation }) => {
    const epoch = newestEpoch(topic);
    return inferencesAnswer(topic, epoch, generation, epoch?.nonce ?? 0);
  }),
  GetLatestNetworkInferences: byTopic((topic, context) => {
    const epoch = newestEpoch(topic);
    return networkAnswer(topic, epoch, context, epoch?.nonce ?? 0);
  }),
  GetNetworkInferencesAtBlock: byHeight((topic, height, context) =>
    networkAnswer(topic, topic.closed.get(height), context, 0)
  ),
  GetInfererScoreEma: byWorker((topic, address) =>
    ScoreAnswer.encode({ score: emaScore(topic, address) })
  ),
  GetCurrentLowestInfererScore: byTopic((topic) => {
    const epoch = newestEpoch(topic);
    const workers = epoch?.submissions.map(({ worker }) => worker) ?? topic.emaScores.keys();
    const lowest = lowestScore(topic, workers);
    if (lowest === undefined) {
      throw missingState(topic.id, "github.com/cosmos/gogoproto/emissions.v3.Score");
    }
    return ScoreAnswer.encode({ score: emaScore(topic, lowest) });
  }),
  GetWorkerInferenceScoresAtBlock: byHeight((topic, height) =>
    ScoresAnswer.encode({ scores: { scores: scoresOf(topic, height) } })
  ),
  GetInferenceScoresUntilBlock: byHeight((topic, height) =>
    ScoreListAnswer.encode({
      scores: [...topic.scores.keys()].filter((nonce) => nonce <= height).reverse()
        .flatMap((nonce) => scoresOf(topic, nonce)),
    })
  ),
  GetTopicInitialInfererEmaScore: byTopic(() => DecAnswer.encode({ value: "0" })),
  GetPreviousInferenceRewardFraction: byWorker((topic, address) => {
    const fraction = topic.rewardFractions.get(address);
    return DecAnswer.encode({ value: fraction ?? "0", notFound: fraction === undefined });
  }),
  GetCountInfererInclusionsInTopic: byWorker((topic, address) =>
    CountAnswer.encode({ value: topic.inclusions.get(address) ?? 0 })
  ),
  GetNextChurningBlockByTopicId: byTopic((topic) => CountAnswer.encode({ value: topic.nextNonce })),
  GetTopicRewardNonce: byTopic((topic) =>
    CountAnswer.encode({ value: [...topic.scores.keys()].at(-1) ?? 0 })
  ),
  GetTopicLastWorkerCommitInfo: byTopic((topic) => {
    if (topic.lastCommit === undefined) {
      throw missingState(
        topic.id,
        "github.com/cosmos/gogoproto/emissions.v3.TimestampedActorNonce",
      );
    }
    const { height, nonce } = topic.lastCommit;
    return CommitAnswer.encode({
      lastCommit: { blockHeight: height, nonce: { blockHeight: nonce } },
    });
  }),
  GetWorkerNodeInfo: (request, { topics }) => {
    const { address } = ByWorker.decode(request);
    const topic = [...topics.values()].find(({ workers }) => workers.has(address));
    if (topic === undefined) throw grpcError("NotFound", `worker ${address} not found`);
    return NodeAnswer.encode({
      nodeInfo: { owner: topic.owners.get(address) ?? address, nodeAddress: address },
    });
  },
};

/** State that is not there yet, in the words of the collections library. */
function missingState(key: number, type: string): ChainError {
  return grpcError("Internal", `collections: not found: key '${key}' of type ${type}`);
}

const LATEST_INFERENCE = byWorker((topic, address, { generation }) =>
  latestInference(topic, address, generation)
);

/** The last closed epoch that has inferences. */
function newestEpoch(topic: Topic): ClosedEpoch | undefined {
  return [...topic.closed.values()].reverse().find(({ submissions }) => submissions.length > 0);
}

function emaScore(topic: Topic, address: string): Score {
  const { text, nonce } = topic.score(address);
  return { topicId: topic.id, blockHeight: nonce, address, score: text };
}

type Score = NonNullable<Of<typeof ScoreAnswer>["score"]>;

function scoresOf(topic: Topic, nonce: number): readonly Score[] {
  return (topic.scores.get(nonce) ?? []).map(({ worker, text }) => ({
    topicId: topic.id,
    blockHeight: nonce,
    address: worker,
    score: text,
  }));
}
