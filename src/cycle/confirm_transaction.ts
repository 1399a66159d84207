import { ChainRefusal } from "../chain/chain_error.ts";
import type { Receipt } from "../chain/client.ts";
import { messageOf, PipelineError } from "../errors.ts";
import type { SignedTransaction } from "../ledger/transaction.ts";
import { EVENTS, type InFlight } from "./send_transaction.ts";
import type { Session } from "./session.ts";

/** How a transaction ended; a refusal in a block has cost its fee. */
export type Ending =
  | { readonly state: "confirmed"; readonly height: bigint | null; readonly feePaidUallo: bigint }
  | { readonly state: "rejected"; readonly refusal: ChainRefusal; readonly feePaidUallo: bigint }
  | { readonly state: "expired" };

/** A node indexes a block shortly after it made it: one block more before "in no block" counts. */
const INDEXING_BLOCKS = 1n;

/**
 * Waits until a transaction that may have left is final, writes that down and returns it.
 *
 * Final is: in a block, or in none when the chain is past its timeout height. Until then the very same
 * bytes are sent again as long as no node has said that it took them. Trouble with the node is
 * ridden out until the run's signal is aborted; then throws its reason, and the next visit goes on.
 */
export async function confirmTransaction(
  session: Session,
  transaction: InFlight,
): Promise<Ending> {
  const { run } = session;
  let flight = transaction;
  for (let failures = 0;;) {
    try {
      const found = await resume(session, flight);
      if (!("isSent" in found)) return found;
      flight = found;
      failures = 0;
    } catch (thrown) {
      run.signal.throwIfAborted();
      if (!(thrown instanceof PipelineError) || thrown.kind !== "unavailable") throw thrown;
      if (failures++ === 0) {
        run.tell("endpoint.failed", { url: session.chain.url, error: messageOf(thrown) });
      }
    }
    await run.host.sleep(run.pollMs, run.signal);
  }
}

/** One look, and one more offer of the bytes where no node has said yet that it took them. */
export async function resume(session: Session, flight: InFlight): Promise<Ending | InFlight> {
  const ending = await lookUp(session, flight);
  if (ending !== undefined || flight.isSent) return ending ?? flight;
  return { ...flight, isSent: await sendAgain(session, flight) };
}

/** How the transaction ended, or undefined while it may still land. */
async function lookUp(
  session: Session,
  transaction: SignedTransaction,
): Promise<Ending | undefined> {
  const { chain, run } = session;
  const { hash, timeoutHeight } = transaction;
  // The head is read first: what is in no block at a later look was in none up to this height.
  const { height } = await chain.head();
  const receipt = await chain.transaction(hash);
  if (receipt !== undefined) return settled(session, transaction, receipt);
  if (height <= timeoutHeight + INDEXING_BLOCKS) return undefined;
  run.ledger.expire(hash);
  run.tell(`${EVENTS[transaction.kind]}.expired`, {
    ...factsOf(transaction),
    timeout_height: timeoutHeight,
    height,
  });
  return { state: "expired" };
}

function settled(session: Session, transaction: SignedTransaction, receipt: Receipt): Ending {
  const { run } = session;
  const { height, gasUsed, feeUallo: feePaidUallo } = receipt;
  const result = { height, gasUsed, feePaidUallo };
  const facts = { ...factsOf(transaction), height, gas_used: gasUsed, fee_uallo: feePaidUallo };
  const event = EVENTS[transaction.kind];
  if (receipt.code === 0) {
    run.ledger.confirm(transaction.hash, result);
    run.tell(`${event}.confirmed`, facts);
    return { state: "confirmed", height, feePaidUallo };
  }
  const refusal = new ChainRefusal("Cannot use the transaction", receipt);
  const { code, codespace, log } = receipt;
  run.ledger.reject(transaction.hash, { code, codespace, log }, result);
  run.tell(`${event}.rejected`, { ...facts, error: refusal.message });
  return { state: "rejected", refusal, feePaidUallo };
}

/**
 * Offers the same bytes once more. True when there is nothing more to offer: the node took them, or
 * refuses them for good, and only a block or the timeout height can tell the rest.
 */
async function sendAgain(session: Session, transaction: SignedTransaction): Promise<boolean> {
  const answer = await session.chain.broadcast(transaction.bytes);
  if (answer.accepted) {
    session.run.ledger.markSent(transaction.hash);
    session.run.tell(`${EVENTS[transaction.kind]}.sent`, factsOf(transaction));
    return true;
  }
  return answer.refusal.class !== "other-node" && answer.refusal.class !== "wait";
}

function factsOf({ topicId, nonce, hash }: SignedTransaction) {
  return { topic: topicId, nonce, hash };
}
