import { NoncesAnswer, TopicAnswer, WindowStatus } from "./emissions_answers.ts";
import type { Topic } from "./topics.ts";

const CREATOR = "allo1qxg42eltmqpps8jrkk4cpgr4lk6q9ed9u94ntc";

/** GetTopicResponse; v9 has no labels. */
export function topicAnswer(topic: Topic, generation: 9 | 10): Uint8Array {
  const { spec } = topic;
  const multi = spec.arity === "multi";
  const numbers = {
    weight: spec.weight ?? "7070000000000000000000",
    effectiveRevenue: spec.effectiveRevenue ?? "100000000000000000000000",
    topicStake: spec.topicStake ?? "10000000000000000000000",
  };
  const common = {
    id: spec.id,
    creator: spec.creator ?? CREATOR,
    metadata: spec.metadata,
    lossMethod: spec.lossMethod,
    epochLastEnded: Math.max(topic.epochLastEnded, 0),
    epochLength: spec.epochLength,
    groundTruthLag: spec.groundTruthLag,
    pNorm: "3",
    alphaRegret: "0.1",
    allowNegative: spec.allowNegative ?? true,
    epsilon: "0.01",
    initialRegret: "0",
    workerSubmissionWindow: spec.submissionWindow,
    meritSortitionAlpha: "0.1",
    activeInfererQuantile: "0.2",
    activeForecasterQuantile: "0.2",
    activeReputerQuantile: "0.2",
    cNorm: "0.75",
  };
  if (generation === 9) return TopicAnswer[9].encode({ topic: common, ...numbers });
  return TopicAnswer[10].encode({
    ...numbers,
    topic: {
      ...common,
      topicType: multi ? 2 : 1,
      outputArity: multi ? 2 : 1,
      requireUnity: spec.requireUnity ?? false,
      unityTolerance: spec.unityTolerance ?? "0",
      maxLabelsPerSubmission: multi ? spec.maxLabels ?? 8 : 1,
      labelWhitelist: spec.labelWhitelist ?? [],
      labelDefaultValue: spec.labelDefault ?? "0",
      labelCaseSensitive: spec.labelCaseSensitive ?? false,
    },
  });
}

/** GetWorkerSubmissionWindowStatusResponse; an empty address asks about no worker. */
export function windowStatus(topic: Topic, address: string): Uint8Array {
  const { open, spec } = topic;
  return WindowStatus.encode({
    ...(open === undefined ? {} : {
      isOpen: true,
      currentNonceBlockHeight: open.nonce,
      windowStartBlock: open.nonce,
      windowEndBlock: open.end,
    }),
    nextWindowStartBlock: topic.nextNonce,
    nextWindowEndBlock: topic.nextNonce + spec.submissionWindow,
    isRegistered: address !== "" && topic.workers.has(address),
    isWhitelisted: address !== "" && topic.permits(address),
    isTopicActive: topic.active,
  });
}

/** The nonces a worker may submit for: one, or none. */
export function openNonces({ open }: Topic): Uint8Array {
  return NoncesAnswer.encode({
    nonces: { nonces: open === undefined ? [] : [{ blockHeight: open.nonce }] },
  });
}
