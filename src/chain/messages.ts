import { bool, bytes, decimal, int64, many, string, sub, table, uint32, uint64 } from "./wire.ts";

/*
 * Field numbers: chain x/emissions/proto/emissions/{v3,v9,v10}/*.proto, cosmos-sdk 0.50 proto/,
 * skip-mev/feemarket v1. The numbers are the same in every generation that has the field, so one
 * table serves all; only the payload's field 7 must not be given before v10.
 */

// Submitting

export const Nonce = table("emissions.v3.Nonce", { blockHeight: int64(1) });
export const Nonces = table("emissions.v3.Nonces", { nonces: many(sub(1, Nonce)) });

export const InputLabeledValue = table("InputLabeledValue", {
  label: string(1),
  value: decimal(2),
});

export const InputInference = table("InputInference", {
  topicId: uint64(1),
  blockHeight: int64(2),
  inferer: string(3),
  value: decimal(4),
  extraData: bytes(5),
  proof: string(6),
  values: many(sub(7, InputLabeledValue)),
});

export const InputInferenceForecastBundle = table("InputInferenceForecastBundle", {
  inference: sub(1, InputInference),
});

export const InputWorkerDataBundle = table("InputWorkerDataBundle", {
  worker: string(1),
  nonce: sub(2, Nonce),
  topicId: uint64(3),
  bundle: sub(4, InputInferenceForecastBundle),
  bundleSignature: bytes(5),
  pubkey: string(6),
});

export const InsertWorkerPayloadRequest = table("InsertWorkerPayloadRequest", {
  sender: string(1),
  workerDataBundle: sub(2, InputWorkerDataBundle),
});

export const RegisterRequest = table("RegisterRequest", {
  sender: string(1),
  topicId: uint64(4),
  owner: string(5),
  isReputer: bool(6),
});

// Asking: every emissions request here is one of these three

export const NoFields = table("empty request", {});
export const OfTopicAndAddress = table("request of topic and address", {
  topicId: uint64(1),
  address: string(2),
});
export const OfTopicAndBlock = table("request of topic and block", {
  topicId: uint64(1),
  blockHeight: int64(2),
});

export const Params = table("emissions Params", {
  registrationFee: string(28),
  dataSendingFee: string(44),
});
export const ParamsAnswer = table("GetParamsResponse", { params: sub(1, Params) });

export const TopicRow = table("emissions Topic", {
  id: uint64(1),
  metadata: string(3),
  lossMethod: string(5),
  epochLastEnded: int64(8),
  epochLength: int64(9),
  groundTruthLag: int64(10),
  allowNegative: bool(14),
  workerSubmissionWindow: int64(17),
  outputArity: uint32(24),
  requireUnity: bool(25),
  unityTolerance: string(26),
  maxLabelsPerSubmission: uint64(27),
  labelWhitelist: many(string(28)),
  labelDefaultValue: string(29),
  labelCaseSensitive: bool(30),
});
export const TopicAnswer = table("GetTopicResponse", { topic: sub(1, TopicRow) });

export const WindowAnswer = table("GetWorkerSubmissionWindowStatusResponse", {
  isOpen: bool(1),
  currentNonce: int64(2),
  windowStart: int64(3),
  windowEnd: int64(4),
  nextWindowStart: int64(5),
  nextWindowEnd: int64(6),
  isRegistered: bool(7),
  isWhitelisted: bool(8),
  isTopicActive: bool(9),
});
export const NoncesAnswer = table("GetUnfulfilledWorkerNoncesResponse", { nonces: sub(1, Nonces) });
export const YesNoAnswer = table("yes or no answer", { yes: bool(1) });
export const CountAnswer = table("number answer", { count: uint64(1) });
export const HeightAnswer = table("block height answer", { blockHeight: int64(1) });

/** emissions.v3.Inference has the text in 4, emissions.v10.Inference one text per label in 7. */
export const StoredInference = table("emissions Inference", {
  topicId: uint64(1),
  blockHeight: int64(2),
  inferer: string(3),
  value: string(4),
  values: many(string(7)),
});
export const Inferences = table("emissions Inferences", {
  inferences: many(sub(1, StoredInference)),
});
export const InferencesAnswer = table("GetInferencesAtBlockResponse", {
  inferences: sub(1, Inferences),
});
/** Of the latest inference only these fields are read, which v3.Inference and v10.InputInference share. */
export const LatestInference = table("latest inference", {
  topicId: uint64(1),
  blockHeight: int64(2),
  inferer: string(3),
});
export const LatestInferenceAnswer = table("latest inference answer", {
  inference: sub(1, LatestInference),
});

export const Score = table("emissions.v3.Score", {
  topicId: uint64(1),
  blockHeight: int64(2),
  address: string(3),
  score: string(4),
});
export const Scores = table("emissions.v3.Scores", { scores: many(sub(1, Score)) });
export const ScoresAnswer = table("GetWorkerInferenceScoresAtBlockResponse", {
  scores: sub(1, Scores),
});
export const ScoreEmaAnswer = table("GetInfererScoreEmaResponse", { score: sub(1, Score) });
export const RewardFractionAnswer = table("GetPreviousInferenceRewardFractionResponse", {
  rewardFraction: string(1),
  notFound: bool(2),
});

export const LabeledValue = table("LabeledValue", {
  labelId: uint32(1),
  label: string(2),
  value: string(3),
});
export const NetworkBundle = table("NetworkInferenceBundle", {
  topicId: uint64(1),
  nonce: int64(2),
  combined: many(sub(3, LabeledValue)),
});
export const NetworkBundleAnswer = table("GetNetworkInferencesAtBlockResponse", {
  bundle: sub(1, NetworkBundle),
});
/** Before v10 the combined value is one text. */
export const ValueBundle = table("emissions.v3.ValueBundle", {
  topicId: uint64(1),
  combined: string(5),
});
export const ValueBundleAnswer = table("GetNetworkInferencesAtBlockResponse", {
  bundle: sub(1, ValueBundle),
});

// Cosmos

export const Any = table("google.protobuf.Any", { typeUrl: string(1), value: bytes(2) });
export const Coin = table("Coin", { denom: string(1), amount: string(2) });
export const TxBody = table("TxBody", {
  messages: many(sub(1, Any)),
  memo: string(2),
  timeoutHeight: uint64(3),
});
export const SingleMode = table("ModeInfo.Single", { mode: uint32(1) });
export const ModeInfo = table("ModeInfo", { single: sub(1, SingleMode) });
export const SignerInfo = table("SignerInfo", {
  publicKey: sub(1, Any),
  modeInfo: sub(2, ModeInfo),
  sequence: uint64(3),
});
export const Fee = table("Fee", {
  amount: many(sub(1, Coin)),
  gasLimit: uint64(2),
  payer: string(3),
  granter: string(4),
});
export const AuthInfo = table("AuthInfo", {
  signerInfos: many(sub(1, SignerInfo)),
  fee: sub(2, Fee),
});
export const TxRaw = table("TxRaw", {
  bodyBytes: bytes(1),
  authInfoBytes: bytes(2),
  signatures: many(bytes(3)),
});
export const PubKey = table("cosmos.crypto.secp256k1.PubKey", { key: bytes(1) });

export const OfAddress = table("request of address", { address: string(1) });
export const BaseAccount = table("BaseAccount", {
  address: string(1),
  accountNumber: uint64(3),
  sequence: uint64(4),
});
export const AccountAnswer = table("QueryAccountInfoResponse", { account: sub(1, BaseAccount) });
export const OfAddressAndDenom = table("QueryBalanceRequest", {
  address: string(1),
  denom: string(2),
});
export const BalanceAnswer = table("QueryBalanceResponse", { balance: sub(1, Coin) });
export const OfDenom = table("GasPriceRequest", { denom: string(1) });
export const GasPriceAnswer = table("GasPriceResponse", { price: sub(1, Coin) });
export const SimulateRequest = table("SimulateRequest", { txBytes: bytes(2) });
export const GasInfo = table("GasInfo", { gasWanted: uint64(1), gasUsed: uint64(2) });
export const SimulateAnswer = table("SimulateResponse", { gasInfo: sub(1, GasInfo) });

export const UpgradePlan = table("cosmos.upgrade.v1beta1.Plan", {
  name: string(1),
  height: int64(3),
});
export const UpgradePlanAnswer = table("QueryCurrentPlanResponse", { plan: sub(1, UpgradePlan) });
