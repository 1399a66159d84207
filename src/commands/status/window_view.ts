import type { Window } from "../../chain/client.ts";
import type { WindowRecord } from "../../ledger/windows.ts";

/** A topic's window as far as it is known; times are about, wall clock, epoch milliseconds. */
export interface WindowView {
  /** Undefined: not known. */
  readonly state: "open" | "closed" | "inactive" | undefined;
  readonly nonce: bigint | undefined;
  /** End of the open one. */
  readonly closes: Moment | undefined;
  readonly nextOpens: Moment | undefined;
  /** Whether the chain has said so now, and it is no estimate from the last visit. */
  readonly isLive: boolean;
}

/** A height that is to come. */
export interface Moment {
  readonly height: bigint;
  readonly inBlocks: bigint;
  /** Undefined while the pace of the blocks is not known. */
  readonly atMs: number | undefined;
}

export interface WindowKnown {
  /** By the ledger. */
  readonly seen: WindowRecord | undefined;
  /** By the chain now, at `height`. */
  readonly window: Window | undefined;
  readonly height: bigint | undefined;
  readonly nowMs: number;
}

/** The window by the chain, else what the ledger lets expect of it. */
export function windowView(known: WindowKnown): WindowView {
  const { seen, window, height, nowMs } = known;
  const paceMs = seen?.paceMs ?? undefined;
  const moment = (at: bigint, now: bigint): Moment | undefined =>
    at <= now ? undefined : {
      ...{ height: at, inBlocks: at - now },
      atMs: paceMs === undefined ? undefined : nowMs + Number(at - now) * paceMs,
    };
  if (window !== undefined && height !== undefined) {
    const { isOpen, isActive, nonce, closes, nextOpens } = window;
    return {
      ...{ state: isOpen ? "open" : isActive ? "closed" : "inactive", nonce, isLive: true },
      closes: isOpen ? moment(closes, height) : undefined,
      nextOpens: moment(nextOpens, height),
    };
  }
  const none = { state: undefined, nonce: undefined, closes: undefined, nextOpens: undefined };
  if (seen === undefined || paceMs === undefined) return { ...none, isLive: false };
  const now = seen.seenHeight + BigInt(Math.floor(Math.max(0, nowMs - seen.seenMs) / paceMs));
  // Of windows after the next one nothing is known.
  if (now >= seen.nextOpens) return { ...none, isLive: false };
  const isOpen = seen.closes !== null && now < seen.closes;
  return {
    ...{ state: isOpen ? "open" : "closed", isLive: false },
    nonce: isOpen ? seen.nonce ?? undefined : undefined,
    closes: isOpen ? moment(seen.closes, now) : undefined,
    nextOpens: moment(seen.nextOpens, now),
  };
}
