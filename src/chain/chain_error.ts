import { type ErrorKind, PipelineError } from "../errors.ts";

/**
 * What the sender of a refused transaction does next.
 * - done: the chain already has this inference.
 * - retry-sequence, retry-gas, retry-fee: sign again with what was wrong read anew.
 * - other-node: the same bytes may pass elsewhere.
 * - wait: the chain was upgraded underneath; its new form may pass.
 * - give-up-nonce: this window is over.
 * - fatal: a person has to act.
 */
export type RefusalClass =
  | "done"
  | "retry-sequence"
  | "retry-gas"
  | "retry-fee"
  | "other-node"
  | "wait"
  | "give-up-nonce"
  | "fatal";

interface Row {
  readonly codespace: string;
  readonly code: number;
  /** The error's registered description: a simulation, which answers no code, ends its text with it. */
  readonly name: string;
  readonly class: RefusalClass;
  readonly kind: ErrorKind;
  readonly hint: string;
}

const row = (
  codespace: string,
  code: number,
  name: string,
  refusalClass: RefusalClass,
  kind: ErrorKind,
  hint: string,
): Row => ({ codespace, code, name, class: refusalClass, kind, hint });

const DEFECT = "This should not happen: report it with the log line.";
const FORM = "The node does not know this message: the chain may have been upgraded.";
const FUND = "Send uallo to the wallet; `doctor` shows its balance.";
const TOO_LATE = "No block may hold it any more; what is still due is made anew by the next visit.";
const VALUE = "The prediction breaks a rule of the topic; compare it with the topic's settings.";
const LABELS = "Compare the labels with the topic's label list on the chain.";
const ALREADY = "The chain has this window's inference; nothing to do.";

/**
 * Every refusal met or documented. Codes repeat between codespaces, texts differ between versions:
 * only the pair identifies an error. Sources: cosmos-sdk types/errors, skip-mev feemarket errors,
 * chain x/emissions/types/errors.go, and recordings of running nodes.
 */
const TABLE: readonly Row[] = [
  row("sdk", 2, "tx parse error", "fatal", "internal", FORM),
  row("sdk", 3, "invalid sequence", "retry-sequence", "retry", "Read the sequence and sign again."),
  row("sdk", 4, "unauthorized", "fatal", "internal", "A signature is wrong: check the chain id."),
  row("sdk", 5, "insufficient funds", "fatal", "unavailable", FUND),
  row("sdk", 6, "unknown request", "fatal", "internal", FORM),
  row("sdk", 7, "invalid address", "fatal", "config", "Check the address in the settings."),
  row("sdk", 8, "invalid pubkey", "fatal", "internal", DEFECT),
  row("sdk", 9, "unknown address", "fatal", "unavailable", FUND),
  row("sdk", 10, "invalid coins", "fatal", "internal", DEFECT),
  row("sdk", 11, "out of gas", "retry-gas", "retry", "Sign again with more gas."),
  row("sdk", 12, "memo too large", "fatal", "config", "Shorten the memo."),
  row("sdk", 13, "insufficient fee", "retry-fee", "retry", "Read the gas price and sign again."),
  row("sdk", 18, "invalid request", "fatal", "invalid", VALUE),
  row("sdk", 19, "tx already in mempool", "done", "retry", "Look the transaction up by its hash."),
  row("sdk", 20, "mempool is full", "other-node", "unavailable", "Try another node, or later."),
  row("sdk", 21, "tx too large", "fatal", "invalid", "Send fewer labels."),
  row("sdk", 28, "invalid chain-id", "fatal", "config", "Check the chain id in the settings."),
  row("sdk", 29, "invalid type", "fatal", "invalid", VALUE),
  row("sdk", 30, "tx timeout height", "give-up-nonce", "retry", TOO_LATE),
  row(
    "sdk",
    32,
    "incorrect account sequence",
    "retry-sequence",
    "retry",
    "Read it and sign again.",
  ),
  row("sdk", 35, "internal logic error", "other-node", "unavailable", "Try another node."),
  row("sdk", 38, "not found", "fatal", "config", "Check the fee granter: it has no grant for us."),
  row("sdk", 41, "invalid gas limit", "fatal", "internal", DEFECT),
  row("math", 1, "invalid decimal", "fatal", "invalid", VALUE),
  row("math", 4, "infinite", "fatal", "invalid", VALUE),
  row("math", 6, "not a number", "fatal", "invalid", VALUE),
  row("math", 8, "value is out of range", "fatal", "invalid", VALUE),
  row("feemarket", 1, "no fee coin provided. Must provide one.", "fatal", "internal", DEFECT),
  row("feemarket", 2, "too many fee coins provided", "fatal", "internal", DEFECT),
  row("emissions", 6, "invalid topic ID", "fatal", "config", "Check the topic id."),
  row(
    "emissions",
    8,
    "address already registered in a topic",
    "done",
    "retry",
    "Registered already.",
  ),
  row(
    "emissions",
    13,
    "address not registered",
    "fatal",
    "denied",
    "Register for the topic first.",
  ),
  row("emissions", 23, "topic does not exist", "fatal", "config", "Check the topic id."),
  row("emissions", 47, "signature verification failed", "fatal", "internal", DEFECT),
  row("emissions", 48, "registrant lacks funds", "fatal", "unavailable", FUND),
  row("emissions", 52, "invalid value", "fatal", "invalid", VALUE),
  row("emissions", 53, "payload too large", "fatal", "invalid", "Send fewer labels."),
  row("emissions", 54, "failed to serialise", "fatal", "internal", DEFECT),
  row("emissions", 62, "must be greater than zero", "fatal", "internal", DEFECT),
  row("emissions", 67, "worker nonce window not available", "give-up-nonce", "retry", TOO_LATE),
  row("emissions", 69, "no valid inferences", "fatal", "invalid", VALUE),
  row("emissions", 71, "invalid worker data", "fatal", "invalid", VALUE),
  row("emissions", 73, "data sender lacks funds", "fatal", "unavailable", FUND),
  row("emissions", 75, "unfulfilled nonce not found", "give-up-nonce", "retry", TOO_LATE),
  row("emissions", 78, "cannot update EMA more than once per window", "done", "retry", ALREADY),
  row(
    "emissions",
    83,
    "not permitted to submit worker payload",
    "fatal",
    "denied",
    "Ask the topic's creator to add this address to the worker whitelist.",
  ),
  row("emissions", 95, "invalid label name", "fatal", "config", LABELS),
  row("emissions", 97, "label is not in the topic's label whitelist", "fatal", "config", LABELS),
  row("emissions", 98, "too many labels per submission", "fatal", "config", LABELS),
  row("emissions", 99, "label registry empty", "fatal", "config", LABELS),
  row("undefined", 1, "unregistered error", "fatal", "internal", DEFECT),
  row("undefined", 111222, "panic", "fatal", "internal", DEFECT),
];

/** Errors that the chain never registered: all are ("undefined", 1) and only the text tells them. */
const UNREGISTERED: readonly Row[] = [
  row("undefined", 1, "inference already submitted", "done", "retry", ALREADY),
  row(
    "undefined",
    1,
    "unable to update fee market state", // the block was fuller than the fee market allows
    "retry-sequence",
    "retry",
    "The block was full: read the sequence and sign again.",
  ),
];

/** Text of a query to a path that the node does not serve; (sdk, 6) also means other things. */
export const UNKNOWN_QUERY_PATH = "unknown query path";

/**
 * The node's mempool speaks in JSON-RPC errors (CometBFT mempool/errors.go, rpc/jsonrpc/server); these
 * say for certain that it did not take the transaction. Any other error leaves the outcome unknown.
 */
const MEMPOOL_REFUSALS: readonly (readonly [RegExp, number])[] = [
  [/mempool is full/, 20],
  [/Tx too large|request body too large/, 21],
];
/** Sent before, whether still pending or already in a block. */
export const IN_CACHE = "tx already exists in cache";

/** A transaction that the chain, or its rehearsal, refused. */
export class ChainRefusal extends PipelineError {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
  readonly class: RefusalClass;

  constructor(
    what: string,
    answer: { readonly codespace: string; readonly code: number; readonly log: string },
    override: Partial<Pick<Row, "class" | "kind" | "hint">> = {},
  ) {
    const { codespace, code, log } = answer;
    const known: Partial<Row> = { ...rowOf(answer), ...override };
    super(
      known.kind ?? "internal",
      `${what}: the chain answers ${codespace} ${code}, ${firstLine(log)}`,
      {
        hint: known.hint ?? DEFECT,
      },
    );
    this.name = "ChainRefusal";
    this.code = code;
    this.codespace = codespace;
    this.log = log;
    this.class = known.class ?? "fatal";
  }
}

/**
 * The refusal in the text of a failed simulation. The node wraps it as (sdk, 6) "rpc error: code =
 * Unknown desc = TEXT: NAME [file:line] with gas used: 'N': unknown request", so that only the
 * registered NAME tells which error it was.
 */
export function simulatedRefusal(
  answer: { readonly codespace: string; readonly code: number; readonly log: string },
): ChainRefusal {
  const inner = /desc = (.*?)(?: \[[^\]]*\])?(?: with gas used: '\d+')?(?:: unknown request)?$/s
    .exec(answer.log)?.[1];
  const met = inner === undefined
    ? undefined
    : UNREGISTERED.find(({ name }) => inner.includes(name)) ??
      TABLE.find(({ name }) => inner === name || inner.endsWith(`: ${name}`));
  return new ChainRefusal("Cannot simulate the transaction", {
    ...answer,
    ...met,
    log: inner ?? answer.log,
  });
}

/** The refusal in a JSON-RPC error to a broadcast, or undefined when it leaves the outcome unknown. */
export function mempoolRefusal(reason: string): ChainRefusal | undefined {
  const code = MEMPOOL_REFUSALS.find(([pattern]) => pattern.test(reason))?.[1];
  return code === undefined
    ? undefined
    : new ChainRefusal("Cannot send the transaction", { codespace: "sdk", code, log: reason });
}

/** Whether the node did not know the message's type: the sign of another generation. */
export function isUnknownForm({ codespace, code, log }: ChainRefusal): boolean {
  return codespace === "sdk" &&
    (code === 2 && /^(unable to resolve type URL|failed to retrieve the message)/.test(log) ||
      code === 6 && log.startsWith("no message handler found"));
}

function rowOf(
  { codespace, code, log }: {
    readonly codespace: string;
    readonly code: number;
    readonly log: string;
  },
): Row | undefined {
  return UNREGISTERED.find((row) => codespace === row.codespace && log.includes(row.name)) ??
    TABLE.find((row) => codespace === row.codespace && code === row.code);
}

/** A refusal's log on one line of printable text: some logs hold raw bytes and whole stack traces. */
function firstLine(log: string): string {
  const line = log.split("\n", 1)[0] ?? "";
  return line.replace(/[\p{Cc}\ufffd]/gu, "?").slice(0, 400);
}
