import { assert, assertEquals } from "@std/assert";
import * as m from "../../src/chain/messages.ts";
import { decode, type Table } from "../../src/chain/wire.ts";
import { GENERATIONS, recording, recordings } from "./recordings.ts";

for (const [folder, generation] of GENERATIONS) {
  Deno.test(`every query recorded from ${folder} decodes to what was recorded`, () => {
    const skipped = new Set<string>();
    let decoded = 0;
    for (const [name, { abci_path, abci_query_response: answer }] of recordings(folder)) {
      if (abci_path === undefined || answer?.value == null || answer.code !== 0) continue;
      const method = abci_path.replace(/.*\//, "");
      const table = ANSWERS[method];
      if (table === undefined) {
        skipped.add(method);
        continue;
      }
      const message = decode(table(generation), Uint8Array.fromBase64(answer.value));
      const recorded = (recording(folder, name) as { response_decoded?: unknown }).response_decoded;
      if (recorded !== undefined) assertHolds(recorded, message, name);
      decoded++;
    }
    assert(decoded >= 15, `${decoded} decoded`);
    assertEquals(skipped.difference(NOT_ASKED), new Set([]));
  });
}

// deno-lint-ignore ban-types -- any message table
const ANSWERS: Readonly<Record<string, (generation: number) => Table<{}>>> = {
  GetParams: () => m.ParamsAnswer,
  GetTopic: () => m.TopicAnswer,
  GetWorkerSubmissionWindowStatus: () => m.WindowAnswer,
  GetUnfulfilledWorkerNonces: () => m.NoncesAnswer,
  GetOpenWorkerSubmissionWindows: () => m.NoncesAnswer,
  IsWorkerNonceUnfulfilled: () => m.YesNoAnswer,
  IsWorkerRegisteredInTopicId: () => m.YesNoAnswer,
  IsTopicActive: () => m.YesNoAnswer,
  IsTopicWorkerWhitelistEnabled: () => m.YesNoAnswer,
  CanSubmitWorkerPayload: () => m.YesNoAnswer,
  TopicExists: () => m.YesNoAnswer,
  GetInferencesAtBlock: () => m.InferencesAnswer,
  GetLatestTopicInferences: () => m.InferencesAnswer,
  GetWorkerLatestInferenceByTopicId: () => m.LatestInferenceAnswer,
  GetWorkerLatestInputInferenceByTopicId: () => m.LatestInferenceAnswer,
  GetWorkerInferenceScoresAtBlock: () => m.ScoresAnswer,
  GetPreviousInferenceRewardFraction: () => m.RewardFractionAnswer,
  GetNetworkInferencesAtBlock: networkTable,
  GetLatestNetworkInferences: networkTable,
  AccountInfo: () => m.AccountAnswer,
  Balance: () => m.BalanceAnswer,
  GasPrice: () => m.GasPriceAnswer,
};

function networkTable(generation: number) {
  return generation >= 10 ? m.NetworkBundleAnswer : m.ValueBundleAnswer;
}

/** Queries that were recorded but that the client has no use for. */
const NOT_ASKED = new Set([
  "Account",
  "Config",
  "CurrentPlan",
  "GasPrices",
  "GetCountInfererInclusionsInTopic",
  "GetCurrentLowestInfererScore",
  "GetInferenceScoresUntilBlock",
  "GetInfererScoreEma",
  "GetNextChurningBlockByTopicId",
  "GetWorkerNodeInfo",
  "ModuleVersions",
  "Params",
  "State",
]);

/**
 * Whether every value that we decoded was recorded too: both as bare leaf texts, since names and
 * nesting are ours. Enums, which the recordings write by name, are left out.
 */
function assertHolds(recorded: unknown, decoded: unknown, name: string) {
  const known = new Set(leaves(recorded));
  for (const leaf of leaves(decoded)) {
    if (/^(0|1|2|false|)$/.test(leaf)) continue;
    assert(known.has(leaf), `${name}: decoded ${leaf} is not in the recording`);
  }
}

function leaves(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object") return [String(value)];
  return Object.values(value).flatMap(leaves);
}
