import { messageOf } from "../errors.ts";
import { decodeAddress } from "./address.ts";
import type {
  AccountSpec,
  AllowanceSpec,
  ChainOptions,
  InferenceSpec,
  StandingSpec,
  TopicSpec,
  TopicTarget,
} from "./chain_types.ts";
import { DEFAULT_BLOCK_MS, DEFAULT_CHAIN_ID, DEFAULT_START_MS } from "./default_topics.ts";
import {
  flag,
  list,
  oneOf,
  optional,
  type Parse,
  record,
  required,
  text,
  whole,
  wrong,
} from "./json_fields.ts";

/** What a chain starts from; what is true in the end is the market's to tell. */
export type State = Omit<ChainOptions, "truth">;

/**
 * The state that `devnet --state FILE.json` starts from: the fields of ChainOptions, AccountSpec,
 * TopicSpec and so on, in snake_case. What is not said gets its default.
 *
 * ```json
 * {
 *   "chain_id": "allora-devnet-1", "generation": 10,
 *   "start_height": 23, "start_ms": 1730419200000, "block_ms": 5000,
 *   "accounts": [
 *     { "address": "allo1…", "number": 2, "sequence": 1, "balance_uallo": "1000000000000000000" }
 *   ],
 *   "topics": [{
 *     "id": 1, "metadata": "1h BTC/USD", "loss_method": "mse", "epoch_length": 20,
 *     "submission_window": 10, "ground_truth_lag": 20, "open_nonce": 23, "workers": ["allo1…"]
 *   }]
 * }
 * ```
 * Throws "config" naming the path and the value of the first field that is wrong or unknown.
 */
export function parseState(json: unknown): State {
  const state = STATE(json, "");
  unique("topics", "id", state.topics.map(({ id }) => id));
  unique("accounts", "address", state.accounts.map(({ address }) => address));
  unique("accounts", "number", state.accounts.map(({ number }) => number));
  for (const [i, topic] of state.topics.entries()) {
    const path = `topics[${i}]`;
    const { submissionWindow, epochLength, openNonce } = topic;
    if (submissionWindow > epochLength) {
      throw wrong(`${path}.submission_window`, submissionWindow, `at most ${epochLength} blocks`);
    }
    if (openNonce !== undefined && openNonce > state.startHeight) {
      throw wrong(`${path}.open_nonce`, openNonce, `at most the start height ${state.startHeight}`);
    }
    if (topic.arity === "multi" && state.generation === 9) {
      throw wrong(`${path}.arity`, topic.arity, "single, as all topics of generation 9 are");
    }
  }
  return state;
}

const ADDRESS: Parse<string> = (value, path) => {
  try {
    if (typeof value === "string" && decodeAddress(value).length > 0) return value;
  } catch (thrown) {
    throw wrong(path, value, `an address allo1…: ${messageOf(thrown)}`);
  }
  throw wrong(path, value, "an address allo1…");
};
const UALLO = text("an amount of uallo as decimal text", /^\d{1,40}$/);
const DECIMAL = text("a decimal number as text", /^-?\d+(\.\d+)?([eE][+-]?\d{1,4})?$/);
const KEY = text("66 hexadecimal digits", /^[0-9a-fA-F]{66}$/);
const ADDRESSES = list(ADDRESS);
const TEXTS = list(text());

const INFERENCE = record<InferenceSpec>({
  nonce: required(whole(1)),
  worker: required(ADDRESS),
  value: required(DECIMAL),
  values: optional(list(record({ label: required(text()), value: required(DECIMAL) }))),
  admitted: optional(flag),
});

const STANDING = record<StandingSpec>({
  worker: required(ADDRESS),
  score: optional(DECIMAL),
  nonce: optional(whole(0)),
  inclusions: optional(whole(0)),
  rewardFraction: optional(DECIMAL),
});

const SETTLED = record<{ nonce: number; worker: string; score: string }>({
  nonce: required(whole(1)),
  worker: required(ADDRESS),
  score: required(DECIMAL),
});

const TARGET = record<TopicTarget>({
  kind: required(oneOf("log-return", "price", "volatility", "labels")),
  pair: required(text("BTC/USD or ETH/USD", /^(BTC|ETH)\/USD$/)),
  horizonMs: required(whole(60_000)),
});

const TOPIC = record<TopicSpec>({
  id: required(whole(1)),
  metadata: optional(text(), ""),
  lossMethod: optional(text(), "mse"),
  epochLength: required(whole(1)),
  submissionWindow: required(whole(1)),
  groundTruthLag: required(whole(1)),
  arity: optional(oneOf("single", "multi"), "single"),
  creator: optional(ADDRESS),
  cap: optional(whole(1)),
  workerWhitelist: optional(ADDRESSES),
  requireUnity: optional(flag),
  unityTolerance: optional(DECIMAL),
  labelWhitelist: optional(TEXTS),
  maxLabels: optional(whole(1)),
  labelDefault: optional(DECIMAL),
  labelCaseSensitive: optional(flag),
  allowNegative: optional(flag),
  firstNonce: optional(whole(1)),
  epochLastEnded: optional(whole(0)),
  openNonce: optional(whole(1)),
  workers: optional(ADDRESSES),
  reputers: optional(ADDRESSES),
  active: optional(flag),
  target: optional(TARGET),
  standings: optional(list(STANDING)),
  settled: optional(list(SETTLED)),
  inferences: optional(list(INFERENCE)),
  labels: optional(TEXTS),
  weight: optional(DECIMAL),
  effectiveRevenue: optional(DECIMAL),
  topicStake: optional(DECIMAL),
});

const ACCOUNT = record<AccountSpec>({
  address: required(ADDRESS),
  number: required(whole(0)),
  sequence: optional(whole(0), 0),
  balanceUallo: optional(UALLO, "0"),
  pubkeyHex: optional(KEY),
});

const ALLOWANCE = record<AllowanceSpec>({
  granter: required(ADDRESS),
  grantee: required(ADDRESS),
  spendLimitUallo: optional(UALLO),
});

const STATE = record<State>({
  chainId: optional(text("letters, digits and hyphens", /^[\w-]{1,50}$/), DEFAULT_CHAIN_ID),
  generation: optional(oneOf(9, 10), 10),
  blockMs: optional(whole(1), DEFAULT_BLOCK_MS),
  startMs: optional(whole(0), DEFAULT_START_MS),
  startHeight: optional(whole(1), 1),
  topics: optional(list(TOPIC), []),
  accounts: optional(list(ACCOUNT), []),
  gasPrice: optional(DECIMAL),
  registrationFee: optional(UALLO),
  dataFee: optional(UALLO),
  allowances: optional(list(ALLOWANCE)),
});

function unique(path: string, field: string, values: readonly (string | number)[]): void {
  const again = values.findIndex((value, i) => values.indexOf(value) < i);
  if (again < 0) return;
  throw wrong(`${path}[${again}].${field}`, values[again], "another than the ones before it");
}
