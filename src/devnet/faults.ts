import { PipelineError } from "../errors.ts";

/** What a fault's number means: nothing, milliseconds to wait, or blocks to lag. */
type Argument = "none" | "duration" | "blocks";

interface FaultKind {
  readonly name: string;
  readonly argument: Argument;
  /** Which calls it strikes; the counts of `--fault` count only those. */
  readonly strikes: "all" | "broadcast" | "tx" | "query" | "events";
  readonly meaning: string;
}

/** Every fault that can be ordered: what --help prints. */
export const FAULTS = [
  fault("drop-response", "none", "broadcast", "the transaction is taken, its answer never comes"),
  fault("refuse-broadcast", "none", "broadcast", "the mempool is full"),
  fault("lose-broadcast", "none", "broadcast", "accepted with code 0, and then forgotten"),
  fault("tx-not-found", "none", "tx", "a transaction that is in a block is not found yet"),
  fault("garbage-protobuf", "none", "query", "a query is answered with bytes that mean nothing"),
  fault("http-403", "none", "all", "403 Forbidden instead of an answer"),
  fault("http-502", "none", "all", "502 Bad Gateway instead of an answer"),
  fault("http-503", "none", "all", "503 Service Unavailable instead of an answer"),
  fault("http-429", "none", "all", "429 Too Many Requests, Retry-After 1 s"),
  fault("html", "none", "all", "a page of HTML with status 200"),
  fault("cut-json", "none", "all", "a well-formed response whose JSON ends in the middle"),
  fault("half-close", "none", "all", "the connection ends in the middle of the answer"),
  fault("hang", "none", "all", "no answer, the connection stays open"),
  fault("slow", "duration", "all", "the answer comes later: slow:500ms, slow:2s@3"),
  fault("reorder", "none", "all", "the answer waits until the next call is answered, or 1 s"),
  fault("stale", "blocks", "all", "the node says that it is this many blocks behind: stale:5"),
  fault("pruned", "blocks", "all", "blocks older than this many are gone: pruned:100"),
  fault("no-block-index", "none", "all", "the node does not index blocks: no block_search"),
  fault("wrong-chain-id", "none", "all", "the node says that it is of another chain"),
  fault("deaf", "none", "events", "subscriptions are acknowledged, and then nothing comes"),
] as const;

export type FaultName = typeof FAULTS[number]["name"];

export interface OrderedFault {
  readonly name: FaultName;
  /** Milliseconds or blocks; 0 where the fault has no argument. */
  readonly amount: number;
  /** How many calls it strikes. */
  readonly times: number;
  /** The only call that it strikes: a method, or the path of a query. */
  readonly call?: string;
  /** The first of these calls that it strikes, counted from 1; the ones before pass. */
  readonly from?: number;
}

/**
 * "drop-response:2,slow:500ms@3,stale:5,html": NAME, NAME:TIMES, NAME:AMOUNT or NAME:AMOUNT@TIMES; with
 * no TIMES every call is struck. NAME/CALL aims it: "html/broadcast_tx_sync:1",
 * "hang//cosmos.bank.v1beta1.Query/Balance", "stale/status#3:5@1" from the third status on. Throws
 * "usage" naming the part that it cannot read.
 */
export function parseFaults(text: string): OrderedFault[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "").map(parsePart);
}

/** The faults still to come. Each call takes the ones that strike it. */
export class FaultPlan {
  readonly #left: { readonly fault: OrderedFault; times: number; toPass: number }[] = [];

  constructor(faults: readonly OrderedFault[] = []) {
    this.order(faults);
  }

  order(faults: readonly OrderedFault[]): void {
    this.#left.push(...faults.map((fault) => ({
      ...{ fault, times: fault.times, toPass: (fault.from ?? 1) - 1 },
    })));
  }

  /** Takes back what has not struck yet. */
  clear(): void {
    this.#left.length = 0;
  }

  /**
   * Faults that strike a call, counted down. It is known by its method ("subscribe" for the events that
   * follow), a query by its path.
   */
  take(call: string): ReadonlyMap<FaultName, number> {
    const struck = new Map<FaultName, number>();
    for (const entry of this.#left) {
      const { name, amount, call: aim = call } = entry.fault;
      if (entry.times === 0 || struck.has(name) || !isStruck(name, call)) continue;
      if (aim !== call && !(aim === "abci_query" && isQuery(call))) continue;
      if (entry.toPass-- > 0) continue;
      entry.times--;
      struck.set(name, amount);
    }
    return struck;
  }
}

/** Whether this fault can be met by this call, which is known as it is to FaultPlan.take(). */
export function isStruck(name: FaultName, call: string): boolean {
  switch (FAULTS.find((kind) => kind.name === name)?.strikes) {
    case "broadcast":
      return call.startsWith("broadcast_tx_");
    case "tx":
      return call === "tx" || call === "tx_search" || call === GET_TX;
    case "query":
      return isQuery(call);
    case "events":
      return call === "subscribe";
    default:
      return call !== "subscribe";
  }
}

function isQuery(call: string): boolean {
  return call === "abci_query" || call.startsWith("/");
}

/** The query that is another way to ask for a transaction. */
export const GET_TX = "/cosmos.tx.v1beta1.Service/GetTx";

function parsePart(part: string): OrderedFault {
  const [, name, call, from, amountText, timesText] =
    /^([^:@/]*)(?:\/([^:@#]+)(?:#([^:@]*))?)?(?::([^@]*))?(?:@(.*))?$/.exec(part) ?? [];
  const kind = FAULTS.find((kind) => kind.name === name);
  if (kind === undefined) {
    throw new PipelineError(
      "usage",
      `Cannot order the fault ${part}: no fault has the name "${name ?? part}"`,
      {
        hint: `faults are ${FAULTS.map(({ name }) => name).join(", ")}`,
      },
    );
  }
  if (call !== undefined && !isStruck(kind.name, call)) {
    throw unreadable(part, `${kind.name} cannot strike ${call}`);
  }
  const aim = {
    ...call === undefined ? {} : { call },
    ...from === undefined ? {} : { from: countOf(part, from) },
  };
  if (kind.argument === "none") {
    if (amountText !== undefined && timesText !== undefined) {
      throw unreadable(part, `${kind.name} takes only a count`);
    }
    return { name: kind.name, amount: 0, times: countOf(part, amountText ?? timesText), ...aim };
  }
  const amount = kind.argument === "duration"
    ? durationOf(part, amountText)
    : countOf(part, amountText ?? "");
  return { name: kind.name, amount, times: countOf(part, timesText), ...aim };
}

function countOf(part: string, text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw unreadable(part, `${JSON.stringify(text)} is no whole number above 0`);
}

function durationOf(part: string, text = ""): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * (unit === "s" ? 1000 : 1);
  throw unreadable(part, `${JSON.stringify(text)} is no duration`);
}

function unreadable(part: string, what: string): PipelineError {
  return new PipelineError("usage", `Cannot order the fault ${part}: ${what}`, {
    hint:
      "write NAME, NAME:TIMES, slow:500ms@TIMES, stale:BLOCKS@TIMES or NAME/CALL:TIMES, parted by commas",
  });
}

function fault<Name extends string>(
  name: Name,
  argument: Argument,
  strikes: FaultKind["strikes"],
  meaning: string,
): FaultKind & { readonly name: Name } {
  return { name, argument, strikes, meaning };
}
