import { PipelineError } from "../errors.ts";
import type { SignedTransaction } from "../ledger/transaction.ts";
import { INDEXING_BLOCKS, type Session } from "./session.ts";

/**
 * The sequence that new bytes for a submission or a registration must have: the next free one, except
 * where earlier bytes for it were refused and may still wait in the mempool of another node. Then it is
 * theirs, of which at most one can land, until a block has used it up or passed their timeout height.
 *
 * Throws SequenceTaken while another transaction of ours is under way at it.
 */
export async function ownSequence(
  session: Session,
  draft: Pick<SignedTransaction, "topicId" | "nonce">,
): Promise<bigint> {
  const { run: { ledger }, worker: { address } } = session;
  const { used, sequence } = await session.account();
  const { topicId, nonce } = draft;
  const refused = ledger.transactionsOf({ topicId, nonce, worker: address })
    .filter((made) => made.state === "rejected" && made.height === null && made.sequence >= used);
  if (refused.length === 0) return sequence;
  const height = await session.finalHeight();
  const own = refused.find(({ timeoutHeight }) => height <= timeoutHeight + INDEXING_BLOCKS);
  if (own === undefined) return sequence;
  const other = ledger.pendingTransactions(address)
    .find((pending) => pending.sequence === own.sequence);
  if (other !== undefined) throw new SequenceTaken(own, other);
  return own.sequence;
}

/** Nothing may be signed before the next block tells which of two transactions it took. */
export class SequenceTaken extends PipelineError {
  constructor(own: SignedTransaction, other: SignedTransaction) {
    super(
      "retry",
      `Cannot sign for topic ${own.topicId} nonce ${own.nonce}: ${other.hash} is under way at sequence ` +
        `${own.sequence}, at which ${own.hash} may land yet`,
    );
  }
}
