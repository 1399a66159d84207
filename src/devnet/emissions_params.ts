import { type Kind, MessageType } from "./wire.ts";
import { bool, count, message, string } from "./wire_kinds.ts";

/** Parameters of the emissions module as the recorded node has them; labels came with v10. */
const PARAMS: readonly (readonly [
  name: string,
  field: number,
  value: number | string | boolean,
  since?: 10,
])[] = [
  ["version", 1, "v10"],
  ["maxSerializedMsgLength", 2, 1000000],
  ["minTopicWeight", 3, "100"],
  ["requiredMinimumStake", 5, "10000"],
  ["removeStakeDelayWindow", 6, 604800],
  ["minEpochLength", 7, 12],
  ["betaEntropy", 8, "0.25"],
  ["learningRate", 9, "0.05"],
  ["maxGradientThreshold", 10, "0.001"],
  ["minStakeFraction", 11, "0.5"],
  ["maxUnfulfilledWorkerRequests", 13, 100],
  ["maxUnfulfilledReputerRequests", 14, 100],
  ["topicRewardStakeImportance", 15, "0.5"],
  ["topicRewardFeeRevenueImportance", 16, "0.5"],
  ["topicRewardAlpha", 17, "0.5"],
  ["taskRewardAlpha", 18, "0.1"],
  ["validatorsVsAlloraPercentReward", 19, "0.25"],
  ["maxSamplesToScaleScores", 20, 10],
  ["maxTopInferersToReward", 21, 32],
  ["maxTopForecastersToReward", 22, 6],
  ["maxTopReputersToReward", 23, 6],
  ["createTopicFee", 24, "75000"],
  ["gradientDescentMaxIters", 25, 10],
  ["registrationFee", 28, "200"],
  ["defaultPageLimit", 29, 100],
  ["maxPageLimit", 30, 1000],
  ["minEpochLengthRecordLimit", 31, 3],
  ["blocksPerMonth", 32, 864000],
  ["pRewardInference", 33, "3"],
  ["pRewardForecast", 34, "3"],
  ["pRewardReputer", 35, "1"],
  ["cRewardInference", 36, "0.75"],
  ["cRewardForecast", 37, "0.75"],
  ["cNorm", 38, "0.75"],
  ["epsilonReputer", 40, "0.01"],
  ["halfMaxProcessStakeRemovalsEndBlock", 42, 40],
  ["epsilonSafeDiv", 43, "1E-7"],
  ["dataSendingFee", 44, "10"],
  ["maxElementsPerForecast", 45, 12],
  ["maxActiveTopicsPerBlock", 46, 5],
  ["maxStringLength", 47, 255],
  ["initialRegretQuantile", 48, "0.25"],
  ["pNormSafeDiv", 49, "8.25"],
  ["globalWhitelistEnabled", 50, true],
  ["topicCreatorWhitelistEnabled", 51, true],
  ["minExperiencedWorkerRegrets", 52, 10],
  ["inferenceOutlierDetectionThreshold", 53, "11"],
  ["inferenceOutlierDetectionAlpha", 54, "0.2"],
  ["lambdaInitialScore", 55, "2"],
  ["globalWorkerWhitelistEnabled", 56, true],
  ["globalReputerWhitelistEnabled", 57, true],
  ["globalAdminWhitelistAppended", 58, true],
  ["maxWhitelistInputArrayLength", 59, 2000],
  ["minWeightThresholdForStdnorm", 60, "0.00001"],
  ["maxCanonicalLabelByteLength", 61, 64, 10],
  ["maxTopicLabelWhitelistSize", 62, 1024, 10],
  ["maxEpochLabelRegistrySize", 63, 1024, 10],
];

/** GetParamsResponse of one generation. `registrationFee` and `dataSendingFee` in uallo. */
export function paramsResponse(
  generation: 9 | 10,
  fees: { readonly registrationFee: string; readonly dataSendingFee: string },
): Uint8Array {
  const own: Record<string, string> = { version: `v${generation}`, ...fees };
  const known = PARAMS.filter(([, , , since]) => since === undefined || generation === since);
  const shape = Object.fromEntries(
    known.map(([name, field, value]) => [name, [field, kindOf(value)] as const]),
  );
  const values = Object.fromEntries(known.map(([name, , value]) => [name, own[name] ?? value]));
  const Params = new MessageType("*types.Params", shape);
  const Response = new MessageType("*types.GetParamsResponse", { params: [1, message(Params)] });
  return Response.encode({ params: values });
}

function kindOf(value: number | string | boolean): Kind<unknown> {
  return typeof value === "number" ? count : typeof value === "string" ? string : bool;
}
