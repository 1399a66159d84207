import { MessageType } from "./wire.ts";
import {
  bool,
  bytes,
  count,
  decimalText,
  embedded,
  message,
  messages,
  string,
  strings,
} from "./wire_kinds.ts";

/** Messages that the emissions query service answers with (x/emissions/proto/emissions/*). */

/** A decimal of ours: already canonical, and on the wire even when zero. */
const dec = decimalText((text) => text);

const Nonce = new MessageType("*v3.Nonce", { blockHeight: [1, count] });
const Nonces = new MessageType("*v3.Nonces", { nonces: [1, messages(Nonce)] });
export const NoncesAnswer = new MessageType("*NoncesResponse", { nonces: [1, embedded(Nonces)] });

/** One bool as field 1; false is empty bytes. */
export const BoolAnswer = new MessageType("*BoolResponse", { value: [1, bool] });
/** One number as field 1. */
export const CountAnswer = new MessageType("*CountResponse", { value: [1, count] });
/** One decimal as field 1, and for reward fractions whether there is none. */
export const DecAnswer = new MessageType("*DecResponse", { value: [1, dec], notFound: [2, bool] });

export const WindowStatus = new MessageType("*GetWorkerSubmissionWindowStatusResponse", {
  isOpen: [1, bool],
  currentNonceBlockHeight: [2, count],
  windowStartBlock: [3, count],
  windowEndBlock: [4, count],
  nextWindowStartBlock: [5, count],
  nextWindowEndBlock: [6, count],
  isRegistered: [7, bool],
  isWhitelisted: [8, bool],
  isTopicActive: [9, bool],
});

const topic9 = {
  id: [1, count],
  creator: [2, string],
  metadata: [3, string],
  lossMethod: [5, string],
  epochLastEnded: [8, count],
  epochLength: [9, count],
  groundTruthLag: [10, count],
  pNorm: [12, dec],
  alphaRegret: [13, dec],
  allowNegative: [14, bool],
  epsilon: [15, dec],
  initialRegret: [16, dec],
  workerSubmissionWindow: [17, count],
  meritSortitionAlpha: [18, dec],
  activeInfererQuantile: [19, dec],
  activeForecasterQuantile: [20, dec],
  activeReputerQuantile: [21, dec],
  cNorm: [22, dec],
} as const;
const topic10 = {
  ...topic9,
  topicType: [23, count],
  outputArity: [24, count],
  requireUnity: [25, bool],
  unityTolerance: [26, dec],
  maxLabelsPerSubmission: [27, count],
  labelWhitelist: [28, strings],
  labelDefaultValue: [29, dec],
  labelCaseSensitive: [30, bool],
} as const;
const numbers = {
  weight: [2, dec],
  effectiveRevenue: [3, string],
  topicStake: [4, string],
} as const;
/** v10's topic; v9 has the fields up to 22. */
export const TopicAnswer = {
  9: new MessageType("*GetTopicResponse", {
    topic: [1, embedded(new MessageType("*v9.Topic", topic9))],
    ...numbers,
  }),
  10: new MessageType("*GetTopicResponse", {
    topic: [1, embedded(new MessageType("*v10.Topic", topic10))],
    ...numbers,
  }),
};

const Score = new MessageType("*v3.Score", {
  topicId: [1, count],
  blockHeight: [2, count],
  address: [3, string],
  score: [4, dec],
});
const Scores = new MessageType("*v3.Scores", { scores: [1, messages(Score)] });
export const ScoreAnswer = new MessageType("*ScoreResponse", { score: [1, message(Score)] });
export const ScoresAnswer = new MessageType("*ScoresResponse", { scores: [1, embedded(Scores)] });
export const ScoreListAnswer = new MessageType("*ScoreListResponse", {
  scores: [1, messages(Score)],
});

const inference = { topicId: [1, count], blockHeight: [2, count], inferer: [3, string] } as const;
const rest = { extraData: [5, bytes], proof: [6, string] } as const;
const Inference9 = new MessageType("*v3.Inference", { ...inference, value: [4, dec], ...rest });
const decs = strings; // each element is written, empty or not, as a list of decimals is
const Inference10 = new MessageType("*v10.Inference", { ...inference, ...rest, values: [7, decs] });
const list9 = embedded(
  new MessageType("*v3.Inferences", { inferences: [1, messages(Inference9)] }),
);
const list10 = embedded(
  new MessageType("*v10.Inferences", { inferences: [1, messages(Inference10)] }),
);
export const InferencesAnswer = {
  9: new MessageType("*InferencesResponse", { inferences: [1, list9], blockHeight: [2, count] }),
  10: new MessageType("*InferencesResponse", { inferences: [1, list10], blockHeight: [2, count] }),
};
const InputLabeledValue = new MessageType("*v10.InputLabeledValue", {
  label: [1, string],
  value: [2, dec],
});
/** The latest inference of a worker: v10 answers the input, with its labels. */
export const LatestInference = new MessageType("*LatestInferenceResponse", {
  inference: [
    1,
    message(
      new MessageType("*v10.InputInference", {
        ...inference,
        value: [4, dec],
        ...rest,
        values: [7, messages(InputLabeledValue)],
      }),
    ),
  ],
});

const LabeledValue = new MessageType("*v10.LabeledValue", {
  labelId: [1, count],
  labelName: [2, string],
  value: [3, dec],
});
const WorkerInference = new MessageType("*v10.WorkerInference", {
  worker: [1, string],
  values: [2, messages(LabeledValue)],
});
const Bundle10 = new MessageType("*v10.NetworkInferenceBundle", {
  topicId: [1, count],
  nonce: [2, count],
  combinedValue: [3, messages(LabeledValue)],
  infererValues: [4, messages(WorkerInference)],
  naiveValue: [6, messages(LabeledValue)],
});
const WorkerValue = new MessageType("*v3.WorkerAttributedValue", {
  worker: [1, string],
  value: [2, dec],
});
const ReputerNonce = new MessageType("*v3.ReputerRequestNonce", {
  reputerNonce: [1, embedded(Nonce)],
});
const Bundle9 = new MessageType("*v3.ValueBundle", {
  topicId: [1, count],
  reputerRequestNonce: [2, embedded(ReputerNonce)],
  reputer: [3, string],
  combinedValue: [5, dec],
  infererValues: [6, messages(WorkerValue)],
  naiveValue: [8, dec],
});
export const NetworkAnswer = {
  9: new MessageType("*NetworkInferencesResponse", {
    networkInferences: [1, message(Bundle9)],
    inferenceBlockHeight: [5, count],
  }),
  10: new MessageType("*NetworkInferencesResponse", {
    networkInferences: [1, message(Bundle10)],
    inferenceBlockHeight: [5, count],
  }),
};

export const CommitAnswer = new MessageType("*LastCommitResponse", {
  lastCommit: [
    1,
    message(
      new MessageType("*v3.TimestampedActorNonce", {
        blockHeight: [1, count],
        nonce: [3, embedded(Nonce)],
      }),
    ),
  ],
});
export const NodeAnswer = new MessageType("*WorkerNodeInfoResponse", {
  nodeInfo: [
    1,
    message(new MessageType("*v3.OffchainNode", { owner: [3, string], nodeAddress: [4, string] })),
  ],
});
