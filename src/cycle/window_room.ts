import type { WindowRecord } from "../ledger/windows.ts";
import type { Run } from "./run.ts";

/** Blocks may come this much faster than they did. */
const HASTE = 0.8;
/** The end of a window belongs to what is still to be sent into it: so much, a quarter at most. */
const LAST_MS = 5 * 60_000;
/** Before anybody has measured it: what a block of Allora takes. */
const USUAL_PACE_MS = 5000;

/** Whether for `spanMs` the visit lasts and no window of any topic opens or comes near its end. */
export function hasRoom({ ledger, host, settings, untilMs }: Run, spanMs: number): boolean {
  const nowMs = host.nowMs();
  if (untilMs !== undefined && nowMs + spanMs > untilMs) return false;
  return settings.topics.every(({ topicId }) => {
    const seen = ledger.lastWindow(topicId);
    // Without a pace nobody can tell; a topic that was never seen has nothing to be sent.
    return seen === undefined || leavesRoom(seen, spanMs, nowMs);
  });
}

/** Whether the window last seen and the next one leave `spanMs` from `nowMs` on, of the wall clock. */
export function leavesRoom(seen: WindowRecord, spanMs: number, nowMs: number): boolean {
  const { paceMs, nextOpens } = seen;
  if (paceMs === null || msTo(seen, nextOpens, paceMs, nowMs) <= spanMs) return false;
  return roomIn(seen, nowMs).leftMs > spanMs;
}

/**
 * Of the open window, without its last minutes: what is left at `nowMs` and the whole, milliseconds of the
 * wall clock. Endless when none is known to be open.
 */
export function roomIn(
  seen: WindowRecord | undefined,
  nowMs: number,
): { readonly leftMs: number; readonly wholeMs: number } {
  const { nonce = null, closes = null } = seen ?? {};
  if (seen === undefined || nonce === null || closes === null) {
    return { leftMs: Infinity, wholeMs: Infinity };
  }
  const paceMs = seen.paceMs ?? USUAL_PACE_MS;
  const lengthMs = Number(closes - nonce) * paceMs;
  const lastMs = Math.min(LAST_MS, lengthMs / 4);
  return { leftMs: msTo(seen, closes, paceMs, nowMs) - lastMs, wholeMs: lengthMs - lastMs };
}

function msTo(seen: WindowRecord, height: bigint, paceMs: number, nowMs: number): number {
  return Number(height - seen.seenHeight) * paceMs * HASTE - (nowMs - seen.seenMs);
}
