import type { Database } from "../host/database.ts";
import { type Columns, integer, readRow, word } from "./columns.ts";
import type { ClosedWindow } from "./windows.ts";

/** How many windows of a topic ended so. */
export interface WindowTotal {
  readonly topicId: bigint;
  readonly outcome: ClosedWindow["outcome"];
  readonly count: bigint;
}

/** How many submissions to a topic ended so. */
export interface SubmissionTotal {
  readonly topicId: bigint;
  readonly state: "confirmed" | "rejected" | "expired" | "refused";
  readonly count: bigint;
}

export type TransactionKind = "payload" | "register";

/** confirmed: in a block; failed: in a block, and paid for; refused: by the nodes; expired: in no block. */
export type TransactionResult = "confirmed" | "failed" | "refused" | "expired";

/** How many transactions for a topic ended so. */
export interface TransactionTotal {
  readonly topicId: bigint;
  readonly kind: TransactionKind;
  readonly result: TransactionResult;
  readonly count: bigint;
}

/** Uallo that the transactions of one kind for a topic have cost. */
export interface FeeTotal {
  readonly topicId: bigint;
  readonly kind: TransactionKind;
  readonly uallo: bigint;
}

/** Uallo that the epochs of a topic have paid, as far as that is known. */
export interface RewardTotal {
  readonly topicId: bigint;
  readonly uallo: bigint;
}

const WINDOWS: Columns<WindowTotal> = {
  topicId: integer,
  outcome: word("proven", "missed", "unknown"),
  count: integer,
};
const SUBMISSIONS: Columns<SubmissionTotal> = {
  topicId: integer,
  state: word("confirmed", "rejected", "expired", "refused"),
  count: integer,
};
const KIND = word<TransactionKind>("payload", "register");
const TRANSACTIONS: Columns<TransactionTotal> = {
  topicId: integer,
  kind: KIND,
  result: word("confirmed", "failed", "refused", "expired"),
  count: integer,
};
const PARTS: Columns<{ high: bigint; low: bigint }> = { high: integer, low: integer };

/** An exact sum of amounts that pass 64 bits: of their digits from the tenth on, and of the nine last. */
const sumOf = (column: string) =>
  `sum(CAST(substr(${column}, 1, max(length(${column}) - 9, 0)) AS INTEGER)) AS high,
   sum(CAST(substr(${column}, -9) AS INTEGER)) AS low`;

function ualloOf(row: Parameters<typeof readRow>[1]): bigint {
  const { high, low } = readRow(PARTS, row);
  return high * 10n ** 9n + low;
}

/**
 * Sums over all that the ledger holds, all workers together, for counters: what may still turn out
 * otherwise is not in them.
 */
export function totals(database: Database) {
  function windowTotals(): readonly WindowTotal[] {
    return database.all(
      `SELECT topic_id, outcome, count(*) AS count FROM closed_windows GROUP BY topic_id, outcome`,
    ).map((row) => readRow(WINDOWS, row));
  }

  /** A refused prediction, or a failed one, may be made again until its window has closed. */
  function submissionTotals(): readonly SubmissionTotal[] {
    return database.all(
      `SELECT topic_id, state, count(*) AS count FROM submissions s
       WHERE state = 'confirmed' OR state IN ('rejected', 'expired', 'refused')
         AND (settled_ms IS NOT NULL OR EXISTS (SELECT 1 FROM closed_windows c
           WHERE c.topic_id = s.topic_id AND c.nonce = s.nonce AND c.worker = s.worker))
       GROUP BY topic_id, state`,
    ).map((row) => readRow(SUBMISSIONS, row));
  }

  /** Bytes that a node refused may be sent again while a later block can hold them. */
  function transactionTotals(): readonly TransactionTotal[] {
    return database.all(
      `SELECT topic_id, kind, count(*) AS count, CASE WHEN state <> 'rejected' THEN state
         WHEN height IS NULL THEN 'refused' ELSE 'failed' END AS result
       FROM transactions t
       WHERE state IN ('confirmed', 'expired') OR state = 'rejected' AND (height IS NOT NULL
         OR timeout_height < (SELECT max(seen_height) FROM windows))
       GROUP BY topic_id, kind, result`,
    ).map((row) => readRow(TRANSACTIONS, row));
  }

  function feeTotals(): readonly FeeTotal[] {
    return database.all(
      `SELECT topic_id, kind, ${sumOf("fee_paid_uallo")} FROM transactions
       WHERE fee_paid_uallo IS NOT NULL GROUP BY topic_id, kind`,
    ).map((row) => ({
      ...readRow<Pick<FeeTotal, "topicId" | "kind">>({ topicId: integer, kind: KIND }, row),
      uallo: ualloOf(row),
    }));
  }

  function rewardTotals(): readonly RewardTotal[] {
    return database.all(
      `SELECT topic_id, ${sumOf("reward_uallo")} FROM submissions
       WHERE reward_uallo IS NOT NULL GROUP BY topic_id`,
    ).map((row) => ({
      topicId: readRow({ topicId: integer }, row).topicId,
      uallo: ualloOf(row),
    }));
  }

  return { windowTotals, submissionTotals, transactionTotals, feeTotals, rewardTotals };
}
