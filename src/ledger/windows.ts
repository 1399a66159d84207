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

export interface WindowRecord extends WindowSeen {
  /** Wall milliseconds per block, from two visits; null until there were two. */
  readonly blockMs: number | null;
}

/** How a window ended for the worker: its inference counted, or it did not. */
export interface ClosedWindow extends SubmissionKey {
  readonly outcome: "proven" | "missed";
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
  blockMs: nullable(number),
};

const CLOSED: Columns<ClosedWindow> = {
  topicId: integer,
  nonce: integer,
  worker: text,
  outcome: word("proven", "missed"),
  reason: nullable(text),
  closedMs: number,
};

/** Fewer blocks than this between two visits say little: a request's delay weighs too much. */
const MIN_BLOCKS = 10n;
/** Growth per visit: a chain that stood still looks slow for one visit, and then runs on at its old pace. */
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

  /** Replaces what was last seen of the topic, and learns the pace of the blocks from the two. */
  function recordWindow(seen: WindowSeen): void {
    database.transaction(() => {
      const blockMs = paceOf(lastWindow(seen.topicId), seen);
      database.run(
        `INSERT OR REPLACE INTO windows
           (topic_id, seen_height, seen_ms, head_ms, block_ms, nonce, closes, next_opens)
         VALUES (:topicId, :seenHeight, :seenMs, :headMs, :blockMs, :nonce, :closes, :nextOpens)`,
        { ...seen, blockMs },
      );
    });
  }

  /**
   * The wall time before which no window of the topic can open, and the open one cannot have closed
   * (then it is to be proved), so that a visit may end without asking the chain; 0 when it must ask: the pace is unknown, a transaction's outcome is, the open
   * window has no confirmed submission, or a closed one is not proved yet.
   */
  function nothingDueUntilMs(topicId: bigint, worker: string): number {
    const seen = lastWindow(topicId);
    const hasClockGoneBack = seen !== undefined && nowMs() < seen.seenMs;
    if (seen === undefined || seen.blockMs === null || hasClockGoneBack) return 0;
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
    const toProof = seen.closes === null ? Infinity : Number(seen.closes - seen.seenHeight) + 1;
    const blocks = Math.min(toOpening * HASTE, toProof);
    return seen.seenMs + Math.min(blocks * seen.blockMs, MAX_QUIET_MS);
  }

  /** Writes down how a window ended; proof that comes late turns a missed one into a proven one. */
  function closeWindow(
    { topicId, nonce, worker }: SubmissionKey,
    outcome: ClosedWindow["outcome"],
    reason: string | null = null,
  ): void {
    database.run(
      `INSERT INTO closed_windows (topic_id, nonce, worker, outcome, reason, closed_ms)
       VALUES (:topicId, :nonce, :worker, :outcome, :reason, :now)
       ON CONFLICT DO UPDATE SET outcome = 'proven', reason = excluded.reason
       WHERE outcome = 'missed' AND excluded.outcome = 'proven'`,
      { topicId, nonce, worker, outcome, reason, now: nowMs() },
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

function paceOf(before: WindowRecord | undefined, seen: WindowSeen): number | null {
  if (before === undefined) return null;
  const blocks = seen.seenHeight - before.seenHeight;
  const elapsedMs = seen.seenMs - before.seenMs;
  if (blocks < MIN_BLOCKS || elapsedMs <= 0) return before.blockMs;
  return Math.min(elapsedMs / Number(blocks), (before.blockMs ?? Infinity) * MAX_GROWTH);
}
