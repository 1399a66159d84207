import type { AccountSpec, ChainOptions, TopicSpec } from "../../src/devnet/chain.ts";
import { MessageType } from "../../src/devnet/wire.ts";
import { any, bytes, count, message, messages, string } from "../../src/devnet/wire_kinds.ts";
import { at, base64, list, number, type Recording, text } from "./recording.ts";
import { closedInferences, latest, networkInferences, settled, topicFields } from "./topic_state.ts";

const TopicAndAddress = new MessageType("*Request", { topicId: [1, count], address: [2, string] });
const Height = new MessageType("*Request", { height: [2, count] });
const Address = new MessageType("*Request", { address: [1, string] });
const Coin = new MessageType("*Coin", { denom: [1, string], amount: [2, string] });
const Coins = new MessageType("*Coins", { coin: [1, message(Coin)] });
const PubKey = new MessageType("*PubKey", { key: [1, bytes] });
const BaseAccount = new MessageType("*BaseAccount", {
  address: [1, string],
  pubKey: [2, any],
  number: [3, count],
  sequence: [4, count],
});
const Info = new MessageType("*Info", { info: [1, message(BaseAccount)] });
const Account = new MessageType("*Account", { account: [1, any] });
const BasicAllowance = new MessageType("*BasicAllowance", { spendLimit: [1, messages(Coin)] });
const Grant = new MessageType("*Grant", { granter: [1, string], grantee: [2, string], allowance: [3, any] });
const Allowance = new MessageType("*Allowance", { grant: [1, message(Grant)] });

export const WINDOW = 10;
export const EPOCH = 20;

/** The part of a chain's state that a query's own answer tells. */
export function queryState(recording: Recording): Partial<ChainOptions> {
  const path = text(recording, "abci_path");
  const answer = at(recording, "abci_query_response");
  const height = Math.max(number(answer, "height"), number(recording, "height"), 1);
  const value = text(answer, "value") === "" ? new Uint8Array() : base64(answer, "value");
  const request = Uint8Array.fromHex(text(recording, "request_hex"));
  if (path.startsWith("/emissions.")) {
    return { startHeight: height, topics: topicsOf(path, request, recording, height) };
  }
  const events = list(recording, "emissions_events").length > 0 ? recording : undefined;
  if (events !== undefined) return { startHeight: height - 1, topics: topicsFromEvents(events, height) };
  if (value.length === 0) return { startHeight: height };
  if (path.includes(".auth.") || path.includes(".bank.")) {
    return { startHeight: height, accounts: [accountOf(path, request, value)] };
  }
  if (path.endsWith("/GasPrice") || path.endsWith("/GasPrices")) {
    const { coin } = Coins.decode(value);
    return { startHeight: height, gasPrice: unscaled(coin?.amount ?? "") };
  }
  if (path === "" && text(recording, "description").includes("feegrant")) {
    return { startHeight: height, allowances: allowances(value) };
  }
  return { startHeight: height };
}

/** uallo per gas from an integer with 18 decimals. */
function unscaled(scaled: string): string {
  const padded = scaled.padStart(19, "0");
  return `${padded.slice(0, -18)}.${padded.slice(-18)}`;
}

function accountOf(path: string, request: Uint8Array, value: Uint8Array): AccountSpec {
  const { address } = Address.decode(request);
  if (path.endsWith("/Balance")) {
    const balanceUallo = Coins.decode(value).coin?.amount ?? "0";
    return { address, number: 2, sequence: 0, balanceUallo };
  }
  const account = path.endsWith("/AccountInfo")
    ? Info.decode(value).info
    : BaseAccount.decode(Account.decode(value).account?.value ?? new Uint8Array());
  const key = account?.pubKey === undefined ? undefined : PubKey.decode(account.pubKey.value).key;
  return {
    address,
    number: account?.number ?? 0,
    sequence: account?.sequence ?? 0,
    balanceUallo: "0",
    ...(key === undefined ? {} : { pubkeyHex: key.toHex() }),
  };
}

function allowances(value: Uint8Array): NonNullable<ChainOptions["allowances"]> {
  const { grant } = Allowance.decode(value);
  if (grant === undefined) return [];
  const { spendLimit } = BasicAllowance.decode(grant.allowance?.value ?? new Uint8Array());
  const limit = spendLimit[0]?.amount;
  return [{
    granter: grant.granter,
    grantee: grant.grantee,
    ...(limit === undefined ? {} : { spendLimitUallo: limit }),
  }];
}

function topicsOf(
  path: string,
  request: Uint8Array,
  recording: Recording,
  height: number,
): readonly TopicSpec[] {
  const method = path.slice(path.lastIndexOf("/") + 1);
  const answer = at(recording, "response_decoded");
  const log = text(recording, "abci_query_response", "log");
  if (log.includes("topic does not exist") || method === "GetParams") return [];
  if (log.includes("unexpected EOF") || log.includes("unknown query path")) return [];
  if (method === "GetWorkerNodeInfo") {
    return [{ ...blank(1, height), workers: [text(answer, "nodeInfo", "nodeAddress")] }];
  }
  const { topicId } = TopicAndAddress.decode(request.subarray(0, 2));
  const base = blank(topicId, height);
  return [{ ...base, ...topicState(method, request, answer, base) }];
}

/** A topic of which nothing is known but its place. */
export function blankTopic(id: number): TopicSpec {
  return {
    id,
    metadata: `topic ${id}`,
    lossMethod: "mse",
    epochLength: EPOCH,
    submissionWindow: WINDOW,
    groundTruthLag: EPOCH,
    arity: "single",
  };
}

/** A topic whose epoch ended in the block before: nothing open, nothing held. */
const blank = (id: number, height: number): TopicSpec => ({
  ...blankTopic(id),
  epochLastEnded: height - WINDOW - 1,
});

function topicState(
  method: string,
  request: Uint8Array,
  answer: unknown,
  base: TopicSpec,
): Partial<TopicSpec> {
  const address = () => TopicAndAddress.decode(request).address;
  const height = () => Height.decode(request).height;
  switch (method) {
    case "GetTopic":
      return topicFields(answer);
    case "GetWorkerSubmissionWindowStatus": {
      const next = number(answer, "nextWindowStartBlock");
      const open = number(answer, "currentNonceBlockHeight");
      const start = open > 0 ? { openNonce: open } : {};
      const length = number(answer, "nextWindowEndBlock") - next;
      const worker = at(answer, "isRegistered") === true ? [address()] : [];
      return {
        ...start,
        epochLastEnded: next - base.epochLength,
        submissionWindow: length,
        workers: worker,
        active: at(answer, "isTopicActive") === true,
      };
    }
    case "GetUnfulfilledWorkerNonces":
    case "GetOpenWorkerSubmissionWindows": {
      const open = number(list(answer, "nonces", "nonces")[0], "blockHeight");
      return open > 0 ? { openNonce: open } : {};
    }
    case "IsWorkerNonceUnfulfilled":
      return at(answer, "isWorkerNonceUnfulfilled") === true ? { openNonce: height() } : {};
    case "IsTopicActive":
      return { active: at(answer, "isActive") === true };
    case "IsWorkerRegisteredInTopicId":
      return { workers: at(answer, "isRegistered") === true ? [address()] : [] };
    case "CanSubmitWorkerPayload":
      return at(answer, "canSubmitWorkerPayload") === true ? {} : { workerWhitelist: [] };
    case "IsTopicWorkerWhitelistEnabled":
      return at(answer, "isTopicWorkerWhitelistEnabled") === true ? { workerWhitelist: [] } : {};
    case "GetNextChurningBlockByTopicId":
      return { epochLastEnded: number(answer, "blockHeight") - base.epochLength };
    case "GetInfererScoreEma":
    case "GetCurrentLowestInfererScore":
      return {
        standings: [{
          worker: text(answer, "score", "address"),
          score: text(answer, "score", "score"),
          nonce: number(answer, "score", "blockHeight"),
        }],
      };
    case "GetPreviousInferenceRewardFraction":
      return { standings: [{ worker: address(), rewardFraction: text(answer, "rewardFraction") }] };
    case "GetCountInfererInclusionsInTopic":
      return { standings: [{ worker: address(), inclusions: number(answer, "count") }] };
    case "GetWorkerInferenceScoresAtBlock":
      return { settled: settled(list(answer, "scores", "scores")) };
    case "GetInferenceScoresUntilBlock":
      return { settled: settled(list(answer, "scores")) };
    case "GetWorkerLatestInferenceByTopicId":
      return latest(at(answer, "latestInference"));
    case "GetWorkerLatestInputInferenceByTopicId":
      return latest(at(answer, "latestInputInference"));
    case "GetInferencesAtBlock":
    case "GetLatestTopicInferences":
      return closedInferences(list(answer, "inferences", "inferences"));
    case "GetLatestNetworkInferences":
      return networkInferences(answer, number(answer, "inferenceBlockHeight"));
    case "GetNetworkInferencesAtBlock":
      return networkInferences(answer, height());
    default:
      return {};
  }
}

/** Topics as the events of one block leave them: windows that opened in it, or closed. */
function topicsFromEvents(recording: Recording, height: number): readonly TopicSpec[] {
  const events = list(recording, "jsonrpc_response", "result", "finalize_block_events");
  const attribute = (event: unknown, key: string): unknown => {
    const found = list(event, "attributes").find((one) => text(one, "key") === key);
    const value = text(found, "value");
    return value === "" ? undefined : JSON.parse(value);
  };
  const topics = new Map<number, TopicSpec>();
  for (const event of events) {
    const id = Number(attribute(event, "topic_id") ?? 0);
    const nonce = Number(attribute(event, "nonce_block_height") ?? 0);
    if (text(event, "type").endsWith("EventWorkerSubmissionWindowOpened")) {
      const end = Number(attribute(event, "window_end_block"));
      topics.set(id, {
        ...blank(id, height),
        submissionWindow: end - height,
        epochLastEnded: height - EPOCH,
      });
    }
    if (text(event, "type").endsWith("EventActiveInferersSet")) {
      const workers = attribute(event, "addresses");
      topics.set(id, {
        ...blank(id, height),
        openNonce: nonce,
        epochLastEnded: nonce,
        submissionWindow: height - nonce,
        inferences: (Array.isArray(workers) ? workers : [])
          .map((worker) => ({ nonce, worker: String(worker), value: "1" })),
      });
    }
  }
  return [...topics.values()];
}
