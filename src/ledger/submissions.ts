import { PipelineError } from "../errors.ts";
import type { Database } from "../host/database.ts";
import {
  type Nullable,
  type PastSubmission,
  pastSubmission,
  type Plan,
  readSubmission,
  type Refusal,
  type Settlement,
  type Submission,
  type SubmissionKey,
} from "./submission.ts";

const AT_KEY = "topic_id = :topicId AND nonce = :nonce AND worker = :worker";

/** The submissions' part of the ledger; every function is one transaction. */
export function submissions(database: Database, nowMs: () => number) {
  /** The row of one window, or undefined when nothing was intended there yet. */
  function submission(topicId: bigint, nonce: bigint, worker: string): Submission | undefined {
    const row = database.get(`SELECT * FROM submissions WHERE ${AT_KEY}`, {
      topicId,
      nonce,
      worker,
    });
    return row && readSubmission(row);
  }

  /**
   * Writes down what is to be sent. Of all processes that plan one window exactly one is told true;
   * false means that a row (but for a refused one, which is replaced) is there already.
   */
  function plan(plan: Plan): boolean {
    return database.transaction(() => insert({ ...plan, state: "planned", reason: null }));
  }

  /** Writes down that the validator refused the prediction; throws "internal" once one is planned. */
  function refuse(refusal: Refusal): void {
    const isWritten = database.transaction(() =>
      insert({ ...NO_FORECAST, ...refusal, state: "refused" })
    );
    if (!isWritten) throw illegal(refusal, "refuse", submission);
  }

  function insert(row: Nullable<Plan> & Pick<Submission, "state" | "reason"> & SubmissionKey) {
    const { topicId, nonce, worker } = row;
    database.run(`DELETE FROM submissions WHERE ${AT_KEY} AND state = 'refused'`, {
      topicId,
      nonce,
      worker,
    });
    const changes = database.run(
      `INSERT INTO submissions
         (topic_id, nonce, worker, value, labels, low, high, low80, high80, sigma, base_price,
          base_ms, model, fallback, state, reason, window_opens, window_closes, created_ms, updated_ms)
       VALUES
         (:topicId, :nonce, :worker, :value, :labels, :low, :high, :low80, :high80, :sigma,
          :basePrice, :baseMs, :model, :fallback, :state, :reason, :windowOpens, :windowCloses, :now, :now)
       ON CONFLICT DO NOTHING`,
      { ...row, labels: row.labels && JSON.stringify(row.labels), now: nowMs() },
    );
    return changes === 1;
  }

  /**
   * Ends a submission of which no transaction is under way, from what the chain says of it:
   * confirmed when it already holds the inference, rejected when simulation refuses it, expired
   * when its window closed. A rejected one may still be signed again. Throws "internal" otherwise.
   */
  function resolve(
    key: SubmissionKey,
    state: "confirmed" | "rejected" | "expired",
    reason: string,
  ): void {
    const { topicId, nonce, worker } = key;
    const changes = database.run(
      `UPDATE submissions SET state = :state, reason = :reason, updated_ms = :now
       WHERE ${AT_KEY} AND (state IN ('planned', 'rejected') OR
         (state = 'expired' AND :state = 'confirmed'))`,
      { topicId, nonce, worker, state, reason, now: nowMs() },
    );
    if (changes === 0) throw illegal(key, `resolve as ${state}`, submission);
  }

  /**
   * Adds what became known after the window closed; facts not given stay as they are. With `isFinal`
   * the submission is settled. Throws "internal" before it is confirmed, rejected or expired, when
   * it is settled, or when `included` would turn around.
   */
  function settle(
    key: SubmissionKey,
    facts: Partial<Settlement>,
    { isFinal = false }: { readonly isFinal?: boolean } = {},
  ): void {
    const { topicId, nonce, worker } = key;
    const { included = null, score = null, networkValue = null } = facts;
    const { realised = null, loss = null, lossZero = null } = facts;
    const { emaScore = null, rewardUallo = null } = facts;
    const changes = database.run(
      `UPDATE submissions SET
         included = coalesce(included, :included),
         score = coalesce(:score, score),
         ema_score = coalesce(:emaScore, ema_score),
         reward_uallo = coalesce(:rewardUallo, reward_uallo),
         network_value = coalesce(:networkValue, network_value),
         realised = coalesce(:realised, realised),
         loss = coalesce(:loss, loss),
         loss_zero = coalesce(:lossZero, loss_zero),
         settled_ms = CASE WHEN :isFinal THEN :now END,
         updated_ms = :now
       WHERE ${AT_KEY} AND state IN ('confirmed', 'rejected', 'expired') AND settled_ms IS NULL
         AND (:included IS NULL OR included IS NULL OR included = :included)`,
      {
        ...{ topicId, nonce, worker, score, emaScore, networkValue, realised, loss, lossZero },
        rewardUallo: rewardUallo === null ? null : String(rewardUallo),
        ...{ included: included === null ? null : Number(included), now: nowMs() },
        isFinal: Number(isFinal),
      },
    );
    if (changes === 0) throw illegal(key, `settle ${JSON.stringify(facts)}`, submission);
  }

  /** Every submission of the worker that still needs something, oldest window first. */
  function unsettled(worker: string): readonly Submission[] {
    return database.all(
      `SELECT * FROM submissions WHERE worker = :worker AND settled_ms IS NULL
         AND state <> 'refused' ORDER BY nonce, topic_id`,
      { worker },
    ).map(readSubmission);
  }

  /** The topic's last `limit` submissions, newest window first. */
  function history(topicId: bigint, limit: number): readonly PastSubmission[] {
    return database.all(
      `SELECT *,
         (SELECT group_concat(fee_paid_uallo) FROM transactions t WHERE t.topic_id = s.topic_id
            AND t.nonce = s.nonce AND t.worker = s.worker) AS fees,
         (SELECT hash FROM transactions t WHERE t.topic_id = s.topic_id AND t.nonce = s.nonce
            AND t.worker = s.worker ORDER BY id DESC LIMIT 1) AS hash
       FROM submissions s WHERE topic_id = :topicId ORDER BY nonce DESC, worker LIMIT :limit`,
      { topicId, limit },
    ).map(pastSubmission);
  }

  return { submission, plan, refuse, resolve, settle, unsettled, history };
}

const NO_FORECAST = {
  ...{ labels: null, low: null, high: null, low80: null, high80: null },
  ...{ sigma: null, basePrice: null, baseMs: null, fallback: null },
};

function illegal(
  key: SubmissionKey,
  verb: string,
  submission: (topicId: bigint, nonce: bigint, worker: string) => Submission | undefined,
): PipelineError {
  const { topicId, nonce, worker } = key;
  const found = submission(topicId, nonce, worker);
  const state = found === undefined
    ? "missing"
    : `${found.state}${found.settledMs === null ? "" : ", settled"}`;
  return new PipelineError(
    "internal",
    `Cannot ${verb} the submission of ${worker} to topic ${topicId} nonce ${nonce}: it is ${state}`,
  );
}
