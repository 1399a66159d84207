import { ChainRefusal, isUnknownForm } from "../chain/chain_error.ts";
import type { Receipt } from "../chain/client.ts";
import { messageOf, PipelineError } from "../errors.ts";
import type { SignedTransaction } from "../ledger/transaction.ts";
import { EVENTS, type InFlight } from "./send_transaction.ts";
import { INDEXING_BLOCKS, type Session } from "./session.ts";

/** How a transaction ended; a refusal in a block has cost its fee. */
export type Ending =
  | { readonly state: "confirmed"; readonly height: bigint | null; readonly feePaidUallo: bigint }
  | { readonly state: "rejected"; readonly refusal: ChainRefusal; readonly feePaidUallo: bigint }
  | { readonly state: "expired" }
  /** Not known: nobody waits for it any more, and the next visit looks it up. */
  | { readonly state: "sent" };

/** The same bytes are offered again after so many looks without a block. */
const LOOKS_PER_OFFER = 20;

/**
 * Waits until a transaction that may have left is final, writes that down and returns it.
 *
 * Final is: in a block; in none when the chain is past its timeout height; or refused where another
 * try at the same sequence may pass. Until then the very same bytes are offered, and offered again now
 * and then, since a node may lose what it took. Trouble with the node is ridden out until the run's
 * signal is aborted; then throws its reason, and the next visit goes on.
 * Once `hurry` is aborted, one look is all.
 */
export async function confirmTransaction(
  session: Session,
  transaction: InFlight,
  hurry?: AbortSignal,
): Promise<Ending> {
  const { run } = session;
  let flight = transaction;
  for (let failures = 0, looks = 1;; looks++) {
    try {
      if (looks % LOOKS_PER_OFFER === 0) flight = { ...flight, isSent: false };
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
    if (hurry?.aborted) return { state: "sent" };
    await run.host.sleep(run.pollMs, run.signal);
  }
}

/** One look, and one more offer of the bytes where no node has said yet that it took them. */
export async function resume(session: Session, flight: InFlight): Promise<Ending | InFlight> {
  const ending = await lookUp(session, flight);
  if (ending !== undefined || flight.isSent) return ending ?? flight;
  const { chain, run, worker } = session;
  const answer = await chain.broadcast(flight.bytes);
  if (answer.accepted) {
    run.ledger.markSent(flight.hash);
    run.tell(`${EVENTS[flight.kind]}.sent`, factsOf(flight));
    return { ...flight, isSent: true };
  }
  const { refusal } = answer;
  const account = await chain.account(worker.address);
  if (!mayReplace(flight, refusal, account?.sequence ?? 0n)) return flight;
  // It may have landed between the look and the offer: that, too, uses its sequence up.
  return await lookUp(session, flight) ?? giveUp(session, flight, refusal);
}

/**
 * Whether new bytes may take the place of refused ones: at the same sequence, of which at most one can
 * land, or when that sequence is spent, so that the old ones never can.
 */
function mayReplace(flight: InFlight, refusal: ChainRefusal, sequence: bigint): boolean {
  return refusal.class === "retry-sequence"
    ? sequence > flight.sequence
    : sequence === flight.sequence &&
      (refusal.class === "retry-fee" || refusal.class === "retry-gas" || isUnknownForm(refusal));
}

function giveUp(session: Session, flight: InFlight, given: ChainRefusal): Ending {
  // The chain knew the form when it was rehearsed: it was upgraded since.
  const upgraded = { class: "wait", kind: "retry", hint: "It is signed in the new form." } as const;
  const refusal = isUnknownForm(given)
    ? new ChainRefusal("Cannot send the transaction", given, upgraded)
    : given;
  const { code, codespace, log } = refusal;
  session.run.ledger.reject(flight.hash, { code, codespace, log });
  session.forget();
  session.run.tell(`${EVENTS[flight.kind]}.rejected`, {
    ...factsOf(flight),
    error: refusal.message,
  });
  return { state: "rejected", refusal, feePaidUallo: 0n };
}

/** How the transaction ended, or undefined while it may still land. */
async function lookUp(
  session: Session,
  transaction: SignedTransaction,
): Promise<Ending | undefined> {
  const { timeoutHeight } = transaction;
  // Read first: what is in no block at a later look is in none up to this height.
  const height = await session.finalHeight();
  const receipt = await receiptOf(session, transaction);
  if (receipt === ON_RECORD) return onRecord(session, transaction);
  if (receipt !== undefined) return settled(session, transaction, receipt);
  if (height <= timeoutHeight + INDEXING_BLOCKS) return undefined;
  return await isLandedUnseen(session, transaction)
    ? onRecord(session, transaction)
    : expired(session, transaction, height);
}

/**
 * Whether a transaction that no node finds took effect all the same: its sequence is used up, by
 * nothing that this ledger knows, and the chain holds what it was for.
 */
async function isLandedUnseen(session: Session, transaction: SignedTransaction): Promise<boolean> {
  const { chain, run, worker: { address } } = session;
  const { sequence } = transaction;
  const account = await chain.account(address);
  if ((account?.sequence ?? 0n) <= sequence) return false;
  if (run.ledger.isSequenceKnown(address, sequence)) return false;
  return await isOnRecord(session, transaction);
}

function expired(session: Session, transaction: SignedTransaction, height: bigint): Ending {
  const { run } = session;
  const { hash, timeoutHeight } = transaction;
  // Its sequence is free again.
  session.forget();
  run.ledger.expire(hash);
  run.tell(`${EVENTS[transaction.kind]}.expired`, {
    ...factsOf(transaction),
    timeout_height: timeoutHeight,
    height,
  });
  return { state: "expired" };
}

/** The chain holds what the transaction was for, on a node that keeps no index of transactions. */
const ON_RECORD = Symbol("on record");

async function receiptOf(
  session: Session,
  transaction: SignedTransaction,
): Promise<Receipt | typeof ON_RECORD | undefined> {
  try {
    return await session.chain.transaction(transaction.hash);
  } catch (thrown) {
    if (!messageOf(thrown).includes("transaction indexing is disabled")) throw thrown;
  }
  return await isOnRecord(session, transaction) ? ON_RECORD : undefined;
}

/** Whether the chain's own state has what the transaction was for. */
async function isOnRecord(
  { chain, worker: { address } }: Session,
  { kind, topicId, nonce }: SignedTransaction,
): Promise<boolean> {
  if (kind === "register") return (await chain.window(topicId, address)).isRegistered;
  return await chain.latestInferenceNonce(topicId, address) === nonce ||
    (await chain.inferencesAt(topicId, nonce)).some(({ inferer }) => inferer === address);
}

function onRecord({ run }: Session, transaction: SignedTransaction): Ending {
  // Only its block knows what was paid: the offer is what it was at most, and as a rule.
  const { feeUallo: feePaidUallo } = transaction;
  run.ledger.confirm(transaction.hash, { height: null, gasUsed: null, feePaidUallo });
  run.tell(`${EVENTS[transaction.kind]}.confirmed`, {
    ...factsOf(transaction),
    fee_uallo: feePaidUallo,
  });
  return { state: "confirmed", height: null, feePaidUallo };
}

/** Writes down what a block made of the transaction. */
export function settled(
  session: Session,
  transaction: SignedTransaction,
  receipt: Receipt,
): Ending {
  const { run } = session;
  const { height, gasUsed, feeUallo: feePaidUallo } = receipt;
  const result = { height, gasUsed, feePaidUallo };
  const facts = { ...factsOf(transaction), height, gas_used: gasUsed, fee_uallo: feePaidUallo };
  const event = EVENTS[transaction.kind];
  run.host.reached("in-block");
  if (receipt.code === 0) {
    run.ledger.confirm(transaction.hash, result);
    run.host.reached("confirmed");
    run.tell(`${event}.confirmed`, facts);
    return { state: "confirmed", height, feePaidUallo };
  }
  const refusal = new ChainRefusal("Cannot use the transaction", receipt);
  const { code, codespace, log } = receipt;
  run.ledger.reject(transaction.hash, { code, codespace, log }, result);
  if (refusal.class === "done" && transaction.kind === "payload") {
    run.ledger.resolve(transaction, "confirmed", refusal.message);
  }
  run.tell(`${event}.rejected`, { ...facts, error: refusal.message });
  return { state: "rejected", refusal, feePaidUallo };
}

function factsOf({ topicId, nonce, hash }: SignedTransaction) {
  return { topic: topicId, nonce, hash };
}
