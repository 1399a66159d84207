import { type Columns, integer, nullable, number, readRow, text, word } from "./columns.ts";
import type { Database, Row } from "../host/database.ts";
import { type PastSubmission, pastSubmission, type SubmissionKey } from "./submission.ts";
import type { ClosedWindow } from "./windows.ts";

/** One worker's window of one topic: what was sent into it, and how it ended. */
export interface PastWindow extends SubmissionKey {
  /** Null when nothing was predicted. */
  readonly submission: PastSubmission | null;
  /** Null while it is not known how the window ended. */
  readonly outcome: ClosedWindow["outcome"] | null;
  /** Why it ended so. */
  readonly closedReason: string | null;
  readonly closedMs: number | null;
}

export interface PastWindowsOptions {
  /** Default: all topics. */
  readonly topicId?: bigint;
  /** The newest so many; default all. */
  readonly last?: number;
}

const KEY: Columns<SubmissionKey> = { topicId: integer, nonce: integer, worker: text };
const CLOSED: Columns<Pick<PastWindow, "outcome" | "closedReason" | "closedMs">> = {
  outcome: nullable(word("proven", "missed", "unknown")),
  closedReason: nullable(text),
  closedMs: nullable(number),
};
const FEES: Columns<{ fees: string | null }> = { fees: nullable(text) };

/** What is read of the past, all workers together; nothing here changes the ledger. */
export function history(database: Database) {
  /** Every window that was predicted for or is known to have closed, oldest first. */
  function pastWindows({ topicId, last }: PastWindowsOptions = {}): readonly PastWindow[] {
    return database.all(
      `SELECT *,
         (SELECT group_concat(fee_paid_uallo) FROM transactions t WHERE t.topic_id = k.topic_id
            AND t.nonce = k.nonce AND t.worker = k.worker) AS fees,
         (SELECT hash FROM transactions t WHERE t.topic_id = k.topic_id AND t.nonce = k.nonce
            AND t.worker = k.worker ORDER BY id DESC LIMIT 1) AS hash
       FROM (SELECT topic_id, nonce, worker FROM submissions
             UNION SELECT topic_id, nonce, worker FROM closed_windows) k
         LEFT JOIN submissions USING (topic_id, nonce, worker)
         LEFT JOIN (SELECT topic_id, nonce, worker, outcome, reason AS closed_reason, closed_ms
           FROM closed_windows) USING (topic_id, nonce, worker)
       WHERE :topicId IS NULL OR topic_id = :topicId
       ORDER BY nonce DESC, topic_id DESC, worker LIMIT :last`,
      { topicId: topicId ?? null, last: last ?? -1 },
    ).map(pastWindow).reverse();
  }

  /** Nonces of the windows of the topic of which the worker has something, oldest first; the last `limit`. */
  function knownWindows(topicId: bigint, worker: string, limit: number): readonly bigint[] {
    return database.all(
      `SELECT nonce FROM (SELECT nonce FROM submissions WHERE topic_id = :topicId
           AND worker = :worker ORDER BY nonce DESC LIMIT :limit)
       UNION SELECT nonce FROM (SELECT nonce FROM closed_windows WHERE topic_id = :topicId
           AND worker = :worker ORDER BY nonce DESC LIMIT :limit)
       ORDER BY nonce DESC LIMIT :limit`,
      { topicId, worker, limit },
    ).map((row) => readRow({ nonce: integer }, row).nonce).reverse();
  }

  /** What registrations made at `sinceMs` or later have cost in transaction fees, uallo. */
  function registrationFees(sinceMs: number, topicId?: bigint): bigint {
    const row = database.get(
      `SELECT group_concat(fee_paid_uallo) AS fees FROM transactions
       WHERE kind = 'register' AND created_ms >= :sinceMs
         AND (:topicId IS NULL OR topic_id = :topicId)`,
      { sinceMs, topicId: topicId ?? null },
    );
    const fees = row && readRow(FEES, row).fees;
    return (fees?.split(",") ?? []).reduce((sum, fee) => sum + BigInt(fee), 0n);
  }

  return { pastWindows, knownWindows, registrationFees };
}

function pastWindow(row: Row): PastWindow {
  const key = readRow(KEY, row);
  return {
    ...key,
    ...readRow(CLOSED, row),
    submission: row["state"] === null ? null : pastSubmission(row),
  };
}
