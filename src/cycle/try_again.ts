import { ChainRefusal, isUnknownForm } from "../chain/chain_error.ts";
import { PipelineError } from "../errors.ts";
import type { Submission } from "../ledger/submission.ts";
import type { Transaction } from "../ledger/transaction.ts";
import type { Session } from "./session.ts";
import type { TopicOutcome } from "./topic_outcome.ts";

/** A refusal in a block has cost its fee: one more try, then the window is given up. */
const MAX_PAID = 2;
/** What a block refused so may pass when it is signed anew. */
const WORTH_A_FEE = new Set(["retry-sequence", "retry-gas", "retry-fee", "other-node", "wait"]);
/** These are about the window. Any other refusal that cost nothing may be cured while it is open. */
const FINAL = new Set(["done", "give-up-nonce"]);

/** Whether a window's refused submission is worth another try now. */
export function mayTryAgain(session: Session, topicId: bigint, nonce: bigint): boolean {
  const row = session.run.ledger.submission(topicId, nonce, session.worker.address);
  return row?.state === "rejected" && isUnfinished(session, row);
}

/** Whether something is left to do for an open window of which the ledger has this row, or none. */
export function isUnfinished(session: Session, row: Submission | undefined): boolean {
  switch (row?.state) {
    case undefined:
    case "refused":
    case "planned":
      return true;
    case "rejected": {
      const made = session.run.ledger.transactionsOf(row);
      const last = made.at(-1);
      const paid = made.filter(({ feePaidUallo }) => (feePaidUallo ?? 0n) > 0n);
      if (last === undefined || paid.length >= MAX_PAID) return false;
      const refusal = refusalOf(last, "");
      return last.height === null
        ? !FINAL.has(refusal.class)
        : WORTH_A_FEE.has(refusal.class) || isUnknownForm(refusal);
    }
    default:
      return false;
  }
}

/**
 * The failure of a topic whose open window was given up: as long as it is open and unmet, a visit that
 * finds nothing to do has cured nothing. Undefined where nothing was given up.
 */
export function givenUp({ run, worker }: Session, topicId: bigint): TopicOutcome | undefined {
  const nonce = run.ledger.lastWindow(topicId)?.nonce ?? undefined;
  const row = nonce && run.ledger.submission(topicId, nonce, worker.address);
  if (!row || row.state !== "rejected") return undefined;
  const what = `Cannot submit topic ${topicId} nonce ${nonce} any more`;
  const last = run.ledger.transactionsOf(row).at(-1);
  const error = last === undefined
    ? new PipelineError("retry", `${what}: ${row.reason}`)
    : refusalOf(last, what);
  return { topicId, nonce, state: "failed", error, ...last && { hash: last.hash } };
}

function refusalOf({ code, codespace, log }: Transaction, what: string): ChainRefusal {
  return new ChainRefusal(what, { code: code ?? 0, codespace: codespace ?? "", log: log ?? "" });
}
