import type {
  AccountSpec,
  AllowanceSpec,
  ChainOptions,
  InferenceSpec,
  TopicSpec,
} from "../../src/devnet/chain.ts";
import type { TxMessage } from "../../src/devnet/messages.ts";
import type { Transaction } from "../../src/devnet/transaction.ts";
import { at, decoded, generationOf, list, number, type Recording, text, transactionsIn } from "./recording.ts";
import { blankTopic, EPOCH, queryState, WINDOW } from "./state_of_query.ts";

/** What every recorded topic has, as far as its file does not say otherwise. */
const RICH = 10n ** 22n;
/** Whose inference it is where an active set has to be full: one of them is somebody else. */
const OTHERS = [
  "allo140aj49yhe2lmjv7rkpk9mm55jvgnd8fysngqg0",
  "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj",
];
const LABELS = ["down", "neutral", "up"];

/**
 * The chain on which a recording happens again: derived from the recording's own request, outcome
 * and answer. One `produceBlock` then makes the block that the recorded transaction was in.
 */
export function stateOf(recording: Recording): ChainOptions {
  const generation = generationOf(recording);
  const chain = {
    chainId: text(recording, "chain", "chain_id") || "allora-devnet-1",
    generation,
    blockMs: 5000,
    startMs: Date.UTC(2024, 0, 1),
  };
  const txs = transactionsIn(recording).flatMap((tx) => decoded(generation, tx) ?? []);
  const outcome = outcomeOf(recording);
  if (txs.length === 0 && at(recording, "request") === undefined) {
    return { ...chain, startHeight: 1, topics: [], accounts: [], ...queryState(recording) };
  }
  const allowances = txs.flatMap((tx) => allowanceOf(tx, outcome));
  return {
    ...chain,
    startHeight: startHeight(recording),
    accounts: accountsOf(recording, txs, outcome),
    allowances,
    topics: topicsOf(txs, outcome),
    ...priceOf(outcome),
  };
}

/** How the transaction ended: in the block if it came so far, else at the mempool's door. */
interface Outcome {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly height: number;
  readonly admitted: boolean;
  readonly delivered: boolean;
}

function outcomeOf(recording: Recording): Outcome {
  const included = at(recording, "tx", "result");
  const delivered = at(included, "tx_result") !== undefined;
  const result = at(included, "tx_result") ?? at(recording, "broadcast_tx_sync", "result");
  return {
    code: number(result, "code"),
    codespace: text(result, "codespace"),
    log: text(result, "log"),
    height: number(included, "height"),
    delivered,
    admitted: list(result, "events").some((one) => /InsertInfererPayload$/.test(text(one, "type"))),
  };
}

function startHeight(recording: Recording): number {
  const included = number(recording, "tx", "result", "height") ||
    number(recording, "tx_first", "result", "height") || number(recording, "abci_query_response", "height");
  return included > 0 ? included - 1 : number(recording, "height_before_broadcast") || 1;
}

function priceOf({ log }: Outcome): Pick<ChainOptions, "gasPrice"> {
  const price = /minGasPrice: ([0-9.]+)uallo/.exec(log)?.[1];
  return price === undefined ? {} : { gasPrice: price };
}

function accountsOf(
  recording: Recording,
  txs: readonly Transaction[],
  outcome: Outcome,
): readonly AccountSpec[] {
  const first = txs[0];
  const address = first?.feePayer ?? text(recording, "request", "signer");
  if (is(outcome, "sdk", 9)) return [];
  const expected = /account sequence mismatch, expected (\d+)/.exec(outcome.log)?.[1];
  const signer: AccountSpec = {
    address,
    number: number(recording, "request", "account_number") || accountNumber(outcome),
    sequence: Number(expected ?? first?.signerInfos[0]?.sequence ?? at(recording, "request", "sequence") ?? 0),
    balanceUallo: String(balanceOf(first, outcome)),
    ...(text(recording, "request", "public_key_hex") === ""
      ? {}
      : { pubkeyHex: text(recording, "request", "public_key_hex") }),
  };
  const granters = txs.map(({ fee }) => fee.granter).filter((granter) => granter !== "");
  return [
    signer,
    ...[...new Set(granters)].map((granter, index) => ({
      address: granter,
      number: signer.number + index + 1,
      sequence: 0,
      balanceUallo: String(RICH),
    })),
  ];
}

/** Recordings without a request were all signed by the first worker, who is account 2. */
function accountNumber({ log }: Outcome): number {
  return Number(/verify account number \((\d+)\)/.exec(log)?.[1] ?? 2);
}

function balanceOf(tx: Transaction | undefined, { log, delivered }: Outcome): bigint {
  const named = /spendable balance (\d+)uallo/.exec(log)?.[1];
  if (named !== undefined) return BigInt(named);
  const fee = BigInt(tx?.fee.amount[0]?.amount ?? "0");
  // five coins are left, which pays neither the data fee nor the registration
  return delivered && /insufficient balance to cover fees/.test(log) ? fee + 5n : RICH;
}

function allowanceOf({ fee, feePayer }: Transaction, outcome: Outcome): readonly AllowanceSpec[] {
  if (fee.granter === "" || is(outcome, "sdk", 38)) return [];
  return [{ granter: fee.granter, grantee: feePayer, spendLimitUallo: String(RICH) }];
}

function is({ codespace, code }: Outcome, space: string, number: number): boolean {
  return codespace === space && code === number;
}

function topicsOf(txs: readonly Transaction[], outcome: Outcome): readonly TopicSpec[] {
  if (is(outcome, "emissions", 6) || is(outcome, "emissions", 23)) return [];
  return txs.flatMap(({ messages }) => messages.flatMap((message) => topicOf(message, outcome)));
}

function topicOf(message: TxMessage, outcome: Outcome): readonly TopicSpec[] {
  if (message.kind === "register" || message.kind === "unregister") {
    const registered = is(outcome, "emissions", 8) || message.kind === "unregister";
    const actors = registered ? [message.sender] : [];
    const { topicId, isReputer } = message.value;
    return [{ ...blankTopic(Number(topicId)), [isReputer ? "reputers" : "workers"]: actors }];
  }
  if (message.kind === "reputer") {
    const bundle = message.value.reputerValueBundle?.valueBundle;
    const nonce = Number(bundle?.reputerRequestNonce?.reputerNonce?.blockHeight ?? 0n);
    const inferences = (bundle?.infererValues ?? []).map(({ worker }) => ({ nonce, worker, value: "0" }));
    return [{
      ...blankTopic(Number(bundle?.topicId ?? 0n)),
      epochLastEnded: nonce + EPOCH,
      reputers: [bundle?.reputer ?? ""],
      inferences,
    }];
  }
  const bundle = message.kind === "worker" ? message.value.workerDataBundle : undefined;
  if (bundle === undefined) return [];
  const nonce = Number(bundle.nonce?.blockHeight ?? 0n);
  const base = blankTopic(Number(bundle.topicId));
  const closed = is(outcome, "emissions", 75) || nonce === 0;
  const late = outcome.code === 0 ? outcome.height - nonce : 0;
  return [{
    ...base,
    ...labelRules(bundle.inferenceForecastsBundle?.inference?.values ?? [], outcome),
    submissionWindow: Math.max(WINDOW, late),
    epochLength: Math.max(EPOCH, late),
    ...(closed ? { epochLastEnded: outcome.height - 1 } : { openNonce: nonce }),
    workers: is(outcome, "emissions", 13) ? [] : [bundle.worker],
    ...(is(outcome, "emissions", 83) ? { workerWhitelist: [] } : {}),
    ...activeSet(bundle.worker, nonce, outcome),
  }];
}

/** What the topic must ask for that these values end so. */
function labelRules(
  values: readonly { readonly label: string }[],
  { codespace, code, log }: Outcome,
): Partial<TopicSpec> {
  const labelled = values.length > 0 && values.some(({ label }) => label !== "y");
  const multi = (labelled && !log.includes("single-arity")) || log.includes("multi-arity");
  const tolerance = /require_unity violated: .* tol=(\S+):/.exec(log)?.[1];
  const cap = /per-topic cap is (\d+)/.exec(log)?.[1];
  return {
    arity: multi ? "multi" : "single",
    ...(tolerance === undefined ? {} : { requireUnity: true, unityTolerance: tolerance }),
    ...(cap === undefined ? {} : { maxLabels: Number(cap) }),
    ...(codespace === "emissions" && code === 97 ? { labelWhitelist: LABELS } : {}),
  };
}

/** Who holds the window already, so that this worker is taken, passed over, or refused. */
function activeSet(worker: string, nonce: number, outcome: Outcome): Partial<TopicSpec> {
  const other = { nonce, worker: OTHERS.find((one) => one !== worker) ?? "", value: "1" };
  const own: InferenceSpec = { nonce, worker, value: "1" };
  if (outcome.log.includes("inference already submitted")) return { inferences: [own] };
  if (is(outcome, "emissions", 78)) {
    return { cap: 1, inferences: [other, { ...own, admitted: false }] };
  }
  const passedOver = outcome.code === 0 && outcome.delivered && !outcome.admitted;
  return passedOver ? { cap: 1, inferences: [other] } : {};
}
