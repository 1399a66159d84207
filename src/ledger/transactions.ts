import { PipelineError } from "../errors.ts";
import { readRow, uallo } from "./columns.ts";
import type { Database } from "../host/database.ts";
import type { Nullable, SubmissionKey } from "./submission.ts";
import {
  type BlockResult,
  readTransaction,
  type Rejection,
  type SignedTransaction,
  type Transaction,
} from "./transaction.ts";

const NO_RESULT: BlockResult & Nullable<Rejection> = {
  ...{ height: null, gasUsed: null, feePaidUallo: null },
  ...{ code: null, codespace: null, log: null },
};

/**
 * From which states each may follow. A block is proof: its result wins over a refusal by CheckTx
 * (another endpoint may have taken the bytes) and over an expiry.
 */
const MAY_FOLLOW = {
  sent: "state IN ('signed', 'sent')",
  expired: "state IN ('signed', 'sent')",
  confirmed: "state IN ('signed', 'sent', 'expired') OR (state = 'rejected' AND height IS NULL)",
  rejected: "state IN ('signed', 'sent') OR (height IS NULL AND :height IS NOT NULL AND " +
    "state IN ('rejected', 'expired'))",
};

/** The transactions' part of the ledger; every function is one transaction of the database. */
export function transactions(database: Database, nowMs: () => number) {
  /**
   * Writes the signed bytes down; only then may they be sent. The same bytes may be recorded again
   * (signatures are deterministic) while they are signed or after CheckTx refused them.
   *
   * Throws "internal" when the submission is not planned or rejected, or when another transaction
   * of the worker is under way that could land as well: same window at another sequence, or
   * another window at this sequence.
   */
  function recordSigned(signed: SignedTransaction): void {
    database.transaction(() => {
      refuseRival(signed);
      if (signed.kind === "payload") refuseUnplanned(signed);
      const changes = database.run(
        `INSERT INTO transactions (kind, topic_id, nonce, worker, bytes, hash, sequence,
           account_number, fee_uallo, gas_limit, timeout_height, state, created_ms, updated_ms)
         VALUES (:kind, :topicId, :nonce, :worker, :bytes, :hash, :sequence,
           :accountNumber, :feeUallo, :gasLimit, :timeoutHeight, 'signed', :now, :now)
         ON CONFLICT (hash) DO UPDATE SET state = 'signed', code = NULL, codespace = NULL,
           log = NULL, updated_ms = :now
         WHERE state = 'signed' OR (state = 'rejected' AND height IS NULL)`,
        { ...signed, feeUallo: String(signed.feeUallo), now: nowMs() },
      );
      if (changes === 0) throw illegal(signed.hash, "record");
      followTransactions(signed);
    });
  }

  /** A node has taken the bytes (code 0, or it knew them already). */
  function markSent(hash: string): void {
    move(hash, "sent", NO_RESULT);
  }

  /** A block holds it with code 0. */
  function confirm(hash: string, result: BlockResult): void {
    move(hash, "confirmed", { ...NO_RESULT, ...result });
  }

  /** CheckTx refused it, or, with the block's result, it failed in a block and was paid for. */
  function reject(hash: string, rejection: Rejection, result: BlockResult = NO_RESULT): void {
    move(hash, "rejected", { ...result, ...rejection });
  }

  /** It is in no block and the chain has passed its timeout height: it never will be. */
  function expire(hash: string): void {
    move(hash, "expired", NO_RESULT);
  }

  /** Signed or sent with the outcome unknown, oldest first: to be looked up before anything new. */
  function pendingTransactions(worker: string): readonly Transaction[] {
    return select("worker = :worker AND state IN ('signed', 'sent')", { worker });
  }

  /** All that were made for one submission, oldest first. */
  function transactionsOf({ topicId, nonce, worker }: SubmissionKey): readonly Transaction[] {
    return select("topic_id = :topicId AND nonce = :nonce AND worker = :worker", {
      topicId,
      nonce,
      worker,
    });
  }

  /** What all transactions whose fate became known at `sinceMs` or later have cost, in uallo. */
  function feesSince(sinceMs: number): bigint {
    return sumOf(
      `SELECT fee_paid_uallo AS fee FROM transactions
       WHERE fee_paid_uallo IS NOT NULL AND updated_ms >= :sinceMs`,
      { sinceMs },
    );
  }

  /** feesSince(sinceMs), and the offers of all transactions that may yet be paid for, in uallo. */
  function feesCommitted(sinceMs: number): bigint {
    const offered = sumOf(
      "SELECT fee_uallo AS fee FROM transactions WHERE state IN ('signed', 'sent')",
    );
    return feesSince(sinceMs) + offered;
  }

  function sumOf(sql: string, parameters: Readonly<Record<string, number>> = {}): bigint {
    // SQLite's own sum() would be of 64 bits or a float.
    return database.all(sql, parameters)
      .reduce((sum, row) => sum + readRow({ fee: uallo }, row).fee, 0n);
  }

  function select(where: string, parameters: Readonly<Record<string, bigint | number | string>>) {
    return database.all(`SELECT * FROM transactions WHERE ${where} ORDER BY id`, parameters)
      .map(readTransaction);
  }

  function move(
    hash: string,
    state: keyof typeof MAY_FOLLOW,
    result: BlockResult & Nullable<Rejection>,
  ): void {
    database.transaction(() => {
      const feePaidUallo = result.feePaidUallo === null ? null : String(result.feePaidUallo);
      const row = database.get(
        `UPDATE transactions SET state = :state, code = :code, codespace = :codespace, log = :log,
           height = :height, gas_used = :gasUsed, fee_paid_uallo = :feePaidUallo, updated_ms = :now
         WHERE hash = :hash AND (${MAY_FOLLOW[state]}) RETURNING *`,
        { ...result, feePaidUallo, hash, state, now: nowMs() },
      );
      if (row === undefined) throw illegal(hash, `mark as ${state}`);
      followTransactions(readTransaction(row));
    });
  }

  /** A submission is as far as the furthest of its transactions; a confirmed one stays so. */
  function followTransactions(transaction: SignedTransaction): void {
    const { topicId, nonce, worker } = transaction;
    database.run(
      `UPDATE submissions SET (state, reason, updated_ms) = (
         SELECT state, codespace || ' ' || code || ': ' || log, :now FROM transactions
         WHERE topic_id = :topicId AND nonce = :nonce AND worker = :worker AND kind = 'payload'
         ORDER BY state = 'confirmed' DESC, state = 'sent' DESC, state = 'signed' DESC, id DESC
         LIMIT 1)
       WHERE topic_id = :topicId AND nonce = :nonce AND worker = :worker
         AND state NOT IN ('confirmed', 'refused')`,
      { topicId, nonce, worker, now: nowMs() },
    );
  }

  function refuseRival(signed: SignedTransaction): void {
    const { hash, kind, topicId, nonce, worker, sequence } = signed;
    const rival = database.get(
      `SELECT hash FROM transactions WHERE worker = :worker AND state IN ('signed', 'sent')
         AND hash <> :hash AND (kind = :kind AND topic_id = :topicId AND nonce = :nonce)
         <> (sequence = :sequence)`,
      { hash, kind, topicId, nonce, worker, sequence },
    );
    if (rival === undefined) return;
    throw new PipelineError(
      "internal",
      `Cannot record transaction ${hash} at sequence ${sequence}: the outcome of ` +
        `${String(rival["hash"])} is unknown and both could land`,
    );
  }

  function refuseUnplanned({ hash, topicId, nonce, worker }: SignedTransaction): void {
    const row = database.get(
      "SELECT state FROM submissions WHERE topic_id = :topicId AND nonce = :nonce AND worker = :worker",
      { topicId, nonce, worker },
    );
    const state = String(row?.["state"] ?? "missing");
    if (["planned", "rejected", "signed", "sent"].includes(state)) return;
    throw new PipelineError(
      "internal",
      `Cannot record transaction ${hash}: its submission to topic ${topicId} nonce ${nonce} is ${state}`,
    );
  }

  function illegal(hash: string, verb: string): PipelineError {
    const state = select("hash = :hash", { hash })[0]?.state ?? "missing";
    return new PipelineError("internal", `Cannot ${verb} transaction ${hash}: it is ${state}`);
  }

  return {
    recordSigned,
    markSent,
    confirm,
    reject,
    expire,
    pendingTransactions,
    transactionsOf,
    feesSince,
    feesCommitted,
  };
}
