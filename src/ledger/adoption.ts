import type { Database } from "../host/database.ts";
import { readTransaction, type Transaction } from "./transaction.ts";
import type { SubmissionKey, WindowSpan } from "./submission.ts";

/** What a ledger that does not know the whole past of a wallet needs: one that is new, lost or restored. */
export function adoption(database: Database, nowMs: () => number) {
  /**
   * One above the highest sequence that a transaction of the worker has used up; undefined when none has.
   * One that fails in a block before its fee is taken leaves its sequence free.
   */
  function nextSequence(worker: string): bigint | undefined {
    const row = database.get(
      `SELECT sequence + 1 AS next FROM transactions INDEXED BY transactions_in_blocks
       WHERE worker = :worker AND (state = 'confirmed' OR fee_paid_uallo <> '0')
       ORDER BY sequence DESC LIMIT 1`,
      { worker },
    );
    return row && BigInt(row["next"] as bigint);
  }

  /** Whether a transaction of ours has used this sequence up. */
  function isSequenceKnown(worker: string, sequence: bigint): boolean {
    return database.get(
      `SELECT 1 FROM transactions INDEXED BY transactions_in_blocks
       WHERE worker = :worker AND (state = 'confirmed' OR fee_paid_uallo <> '0')
         AND sequence = :sequence`,
      { worker, sequence },
    ) !== undefined;
  }

  /** Those with this sequence or a higher one that were given up and never seen in a block. */
  function givenUp(worker: string, sequence: bigint): readonly Transaction[] {
    return database.all(
      `SELECT * FROM transactions INDEXED BY transactions_given_up
       WHERE worker = :worker AND state IN ('rejected', 'expired') AND height IS NULL
         AND sequence >= :sequence ORDER BY sequence, id`,
      { worker, sequence },
    ).map(readTransaction);
  }

  /**
   * Writes down that the chain holds the worker's inference of a window of which nothing is known here
   * but the time of its nonce, epoch milliseconds.
   */
  function adopt(window: SubmissionKey & WindowSpan & { readonly baseMs: number }): void {
    database.run(
      `INSERT INTO submissions (topic_id, nonce, worker, value, model, base_ms, state, reason,
         window_opens, window_closes, created_ms, updated_ms)
       VALUES (:topicId, :nonce, :worker, '', '', :baseMs, 'confirmed', 'found on the chain',
         :windowOpens, :windowCloses, :now, :now)
       ON CONFLICT DO NOTHING`,
      { ...window, now: nowMs() },
    );
  }

  return { nextSequence, isSequenceKnown, givenUp, adopt };
}
