import { ChainRefusal, isUnknownForm } from "../chain/chain_error.ts";
import type { Submission } from "../ledger/submission.ts";
import type { Transaction } from "../ledger/transaction.ts";
import type { Session } from "./session.ts";

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

function refusalOf({ code, codespace, log }: Transaction, what: string): ChainRefusal {
  return new ChainRefusal(what, { code: code ?? 0, codespace: codespace ?? "", log: log ?? "" });
}
