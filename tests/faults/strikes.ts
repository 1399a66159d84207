import { isStruck, parseFaults } from "../../src/devnet/faults.ts";
import type { CallAt, Strike } from "./arena.ts";
import { otherHostSends, otherHostSubmits } from "./other_host.ts";

/** A class of faults, and what a visit may make of it at any request. */
export interface FaultClass {
  readonly name: string;
  /** Left out by rule where the request cannot meet it. */
  readonly meets: (at: CallAt, place: Place) => boolean;
  readonly strike: (at: CallAt) => Strike;
  /** Exit codes of the struck visit. */
  readonly exits: (at: CallAt, place: Place) => readonly number[];
  /** The answer cannot be used, so that the visit has to name the endpoint. */
  readonly spoils: boolean;
  /** Inclusions of ours with code 0 that the window must end with; default 1. */
  readonly inclusions?: (at: CallAt, place: Place) => number;
  /** Payloads of ours in blocks at most; default 1. */
  readonly mostPaid?: number;
  /** Blocks that the window has left when the struck visit begins; default: all. */
  readonly blocksLeft?: number;
  /** How long the struck visit waits for an answer; default: the settings'. */
  readonly rpcTimeoutMs?: number;
  /** Takes back what would last beyond the window. */
  readonly after?: Strike;
}

/** Where a request stands in the visit, beside the broadcast. */
export type Place = "before" | "broadcast" | "after";

const OK = [0];
const UNAVAILABLE = [69];

/** A node that gives nothing usable: before the broadcast the visit fails, later it is ridden out. */
const SPOILT = [
  ...["http-403", "http-429", "http-502", "http-503", "html", "cut-json", "half-close"],
].map((name) => node(name, { spoils: true, exits: untilBroadcast(UNAVAILABLE) }));

const GARBAGE: FaultClass = {
  ...node("garbage-protobuf", { spoils: true, exits: untilBroadcast(UNAVAILABLE) }),
  // To find the generation it is enough that the query is served.
  meets: ({ call }) => call.startsWith("/") && !call.endsWith("/GetParams"),
};

const HANGS: FaultClass = {
  ...node("hang", { spoils: true, exits: untilBroadcast(UNAVAILABLE) }),
  rpcTimeoutMs: 250,
};

const REFUSED: FaultClass = {
  name: "connection refused",
  meets: () => true,
  strike: () => () => "refuse",
  exits: untilBroadcast(UNAVAILABLE),
  spoils: true,
};

/** A node that is late, lags or forgets: nobody has to notice. */
const HARMLESS = [
  node("slow:20ms@1", { spoils: false, exits: () => OK }),
  // A node that lags has no header of the newest block.
  node("stale:3@1", {
    spoils: false,
    exits: ({ call }) => call === "header" ? UNAVAILABLE : OK,
  }),
  node("drop-response", { spoils: true, exits: () => OK }),
  node("lose-broadcast", { spoils: false, exits: () => OK }),
  node("tx-not-found", { spoils: false, exits: () => OK }),
];

const MEMPOOL_FULL = node("refuse-broadcast", { spoils: false, exits: () => OK });

const WRONG_CHAIN: FaultClass = {
  ...node("wrong-chain-id", { spoils: true, exits: ({ nth }) => nth === 1 ? [78] : OK }),
  // Only a visit's first status is asked for the chain's id.
  meets: ({ call, nth }) => call === "status" && nth === 1,
};

/** What the chain itself does at a bad moment. */
export const CHAIN_FAULTS: readonly FaultClass[] = [
  chain("wrong sequence", otherHostSends, { exits: () => OK }),
  chain("duplicate", otherHostSubmits, { exits: () => OK }),
  chain("fee too low", ({ devnet }) => devnet.crowd(4), { exits: () => OK }),
  chain("out of gas", ({ devnet }) => devnet.raiseGas(DEARER_GAS), {
    exits: () => [0, 75],
    mostPaid: 2,
    after: ({ devnet }) => devnet.raiseGas(-DEARER_GAS),
  }),
  {
    ...chain("window closed meanwhile", (practice) => practice.stepUntil("closed"), {
      exits: () => [0, 75],
    }),
    meets: () => true,
    blocksLeft: 4,
    inclusions: (_, place) => place === "after" ? 1 : 0,
  },
];
/** More than a gas limit leaves beside what was simulated. */
const DEARER_GAS = 60_000;

/** Everything that a node, or the way to it, can do wrong. */
export const NODE_FAULTS: readonly FaultClass[] = [
  ...SPOILT,
  ...[GARBAGE, HANGS, REFUSED],
  ...HARMLESS,
  ...[MEMPOOL_FULL, WRONG_CHAIN],
];

/** The upgrade comes at this request; the chain is of the old generation again after it. */
export const UPGRADE: FaultClass = {
  ...chain("upgrade", ({ devnet }) => devnet.upgrade(10), { exits: () => [0, 75] }),
  meets: () => true,
  after: ({ devnet }) => devnet.chain.upgrade(9),
};

function node(order: string, rest: Pick<FaultClass, "spoils" | "exits">): FaultClass {
  const [{ name }] = parseFaults(order) as [ReturnType<typeof parseFaults>[number]];
  const [, amount = ":1"] = /^[^:]*(:.*)?$/.exec(order) ?? [];
  return {
    name,
    meets: ({ call }) => isStruck(name, call),
    strike: ({ call }) => ({ devnet }) => devnet.fault(`${name}/${call}${amount}`),
    ...rest,
  };
}

function chain(
  name: string,
  strike: Strike,
  rest: Pick<FaultClass, "exits" | "mostPaid" | "after">,
): FaultClass {
  return {
    ...{ name, strike: () => strike, spoils: false },
    // What is in the mempool already has the sequence and the window.
    meets: (_, place) => place !== "after",
    ...rest,
  };
}

function untilBroadcast(codes: readonly number[]): FaultClass["exits"] {
  return (_, place) => place === "before" ? codes : OK;
}
