import { settled } from "./confirm_transaction.ts";
import type { Session } from "./session.ts";

/**
 * Whether the ledger knows of every transaction that the chain has taken from this account. One that
 * was given up may have landed after all, by a node that was slow to pass it on: it is looked up. What
 * is left comes from another host or by another program, and is told; a ledger without a transaction
 * of its own is new or lost, and accuses nobody.
 */
export async function isAccountOurs(session: Session): Promise<boolean> {
  const { chain, run, worker: { address } } = session;
  // Read before: what is under way may land while the account is asked for.
  const pending = run.ledger.pendingTransactions(address).map(({ sequence }) => sequence + 1n);
  const { sequence: used = 0n } = await chain.account(address) ?? {};
  const first = run.ledger.nextSequence(address);
  const isAll = (next = 0n) => used <= [next, ...pending].reduce((a, b) => a > b ? a : b);
  if (isAll(first)) return true;
  for (const transaction of run.ledger.givenUp(address, first ?? 0n)) {
    const receipt = await chain.transaction(transaction.hash);
    if (receipt !== undefined) settled(session, transaction, receipt);
  }
  const next = run.ledger.nextSequence(address);
  if (isAll(next)) return true;
  if (next !== undefined) {
    run.tell("wallet.used_elsewhere", {
      worker: address,
      evidence: `its next sequence is ${used}, the last transaction from here had ${next - 1n}`,
    });
  }
  return false;
}
