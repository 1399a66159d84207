import { type Columns, integer, nullable, number, readRow, text, word } from "./columns.ts";
import type { Database } from "../host/database.ts";
import type { SubmissionKey } from "./submission.ts";

/** What the chain said of a topic's windows at one visit. */
export interface WindowSeen {
  readonly topicId: bigint;
  readonly seenHeight: bigint;
  /** Wall clock of the visit, epoch milliseconds. */
  readonly seenMs: number;
  /** Time of the block at `seenHeight`, epoch milliseconds. */
  readonly headMs: number;
  /** Nonce and last block of the open window; null when none is open. */
  readonly nonce: bigint | null;
  readonly closes: bigint | null;
  /** First block of the next window. */
  readonly nextOpens: bigint;
}

/** How fast blocks come: measured over stretches of them, whatever the number of visits in between. */
interface Pace {
  /** Height and wall clock from which the present stretch is measured. */
  readonly paceFromHeight: bigint;
  readonly paceFromMs: number;
  /** Wall milliseconds per block so far; null before the first stretch has ended. */
  readonly paceMs: number | null;
  /** Stretches measured. */
  readonly paces: bigint;
}

export interface WindowRecord extends WindowSeen, Pace {}

/** How a window ended for the worker: its inference counted, it did not, or nobody can tell any more. */
export interface ClosedWindow extends SubmissionKey {
  readonly outcome: "proven" | "missed" | "unknown";
  readonly reason: string | null;
  readonly closedMs: number;
}

const RECORD: Columns<WindowRecord> = {
  topicId: integer,
  seenHeight: integer,
  seenMs: number,
  headMs: number,
  nonce: nullable(integer),
  closes: nullable(integer),
  nextOpens: integer,
  paceFromHeight: integer,
  paceFromMs: number,
  paceMs: nullable(number),
  paces: integer,
};

const CLOSED: Columns<ClosedWindow> = {
  topicId: integer,
  nonce: integer,
  worker: text,
  outcome: word("proven", "missed", "unknown"),
  reason: nullable(text),
  closedMs: number,
};

/** Length of a stretch: over fewer blocks a request's delay weighs too much. */
const STRETCH = 20n;
/** One stretch alone may have met a pause of the chain or of this machine, and is not believed. */
const ENOUGH = 2n;
/** Growth per stretch: a chain that stood still looks slow for one, and then runs on at its old pace. */
const MAX_GROWTH = 1.1;
/** Blocks may come this much faster than they did. */
const HASTE = 0.8;
/** The chain is asked at least this often, so that no wrong estimate can hide a window of an hour. */
const MAX_QUIET_MS = 30 * 60_000;

/** The windows' part of the ledger; every function is one transaction. */
export function windows(database: Database, nowMs: () => number) {
  /** What was last seen of the topic. */
  function lastWindow(topicId: bigint): WindowRecord | undefined {
    const row = database.get("SELECT * FROM windows WHERE topic_id = :topicId", { topicId });
    return row && readRow(RECORD, row);
  }

  /** Replaces what was last seen of the topic, and learns the pace of the blocks from both. */
  function recordWindow(seen: WindowSeen): void {
    database.transaction(() => {
      const pace = paceOf(lastWindow(seen.topicId), seen);
      database.run(
        `INSERT OR REPLACE INTO windows
           (topic_id, seen_height, seen_ms, head_ms, nonce, closes, next_opens,
            pace_from_height, pace_from_ms, pace_ms, paces)
         VALUES (:topicId, :seenHeight, :seenMs, :headMs, :nonce, :closes, :nextOpens,
           :paceFromHeight, :paceFromMs, :paceMs, :paces)`,
        { ...seen, ...pace },
      );
    });
  }

  /**
   * The wall time before which no window of the topic can open, and the open one cannot have closed
   * (then it is to be proved), so that a visit may end without asking the chain; 0 when it must ask: the
   * pace is unknown, a transaction's outcome is, the open window has no confirmed submission, or a
   * closed one is not proved yet.
   */
  function nothingDueUntilMs(topicId: bigint, worker: string): number {
    const seen = lastWindow(topicId);
    const hasClockGoneBack = seen !== undefined && nowMs() < seen.seenMs;
    if (seen === undefined || seen.paceMs === null || hasClockGoneBack) return 0;
    if (seen.paces < ENOUGH) return 0;
    const open = database.get(
      `SELECT 1 WHERE
         EXISTS (SELECT 1 FROM transactions
           WHERE worker = :worker AND state IN ('signed', 'sent'))
         OR EXISTS (SELECT 1 FROM submissions WHERE worker = :worker AND topic_id = :topicId
           AND settled_ms IS NULL AND state <> 'refused' AND included IS NULL
           AND window_closes < :seenHeight)
         OR :nonce IS NOT NULL AND NOT EXISTS (SELECT 1 FROM submissions
           WHERE topic_id = :topicId AND nonce = :nonce AND worker = :worker
           AND state = 'confirmed')`,
      { topicId, worker, nonce: seen.nonce, seenHeight: seen.seenHeight },
    );
    const toOpening = Number(seen.nextOpens - seen.seenHeight);
    if (open !== undefined || toOpening <= 0) return 0;
    const toProof = seen.closes === null ? Infinity : Number(seen.closes - seen.seenHeight) + 2;
    const blocks = Math.min(toOpening * HASTE, toProof);
    return seen.seenMs + Math.min(blocks * seen.paceMs, MAX_QUIET_MS);
  }

  /**
   * Writes down how a window ended, and when (wall clock; now by default); proof that comes late
   * stands, whatever was believed before.
   */
  function closeWindow(
    { topicId, nonce, worker }: SubmissionKey,
    outcome: ClosedWindow["outcome"],
    reason: string | null = null,
    closedMs = nowMs(),
  ): void {
    database.run(
      `INSERT INTO closed_windows (topic_id, nonce, worker, outcome, reason, closed_ms)
       VALUES (:topicId, :nonce, :worker, :outcome, :reason, :closedMs)
       ON CONFLICT DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason
       WHERE outcome <> 'proven' AND excluded.outcome <> 'unknown'`,
      { topicId, nonce, worker, outcome, reason, closedMs },
    );
  }

  /** The worker's last `limit` closed windows of the topic, newest first. */
  function closedWindows(topicId: bigint, worker: string, limit: number): readonly ClosedWindow[] {
    return database.all(
      `SELECT * FROM closed_windows WHERE topic_id = :topicId AND worker = :worker
       ORDER BY nonce DESC LIMIT :limit`,
      { topicId, worker, limit },
    ).map((row) => readRow(CLOSED, row));
  }

  return { lastWindow, recordWindow, nothingDueUntilMs, closeWindow, closedWindows };
}

function paceOf(before: WindowRecord | undefined, seen: WindowSeen): Pace {
  const here = { paceFromHeight: seen.seenHeight, paceFromMs: seen.seenMs };
  if (before === undefined) return { ...here, paceMs: null, paces: 0n };
  const { paceFromHeight, paceFromMs, paceMs, paces } = before;
  const blocks = seen.seenHeight - paceFromHeight;
  const elapsedMs = seen.seenMs - paceFromMs;
  if (blocks < 0n || elapsedMs <= 0) return { ...here, paceMs, paces };
  if (blocks < STRETCH) return { paceFromHeight, paceFromMs, paceMs, paces };
  // Of the first two the faster one counts: it met fewer pauses.
  const most = paceMs === null ? Infinity : paces < ENOUGH ? paceMs : paceMs * MAX_GROWTH;
  return { ...here, paceMs: Math.min(elapsedMs / Number(blocks), most), paces: paces + 1n };
}
