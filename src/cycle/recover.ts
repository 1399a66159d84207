import { type Ending, resume } from "./confirm_transaction.ts";
import { failureOf } from "./run.ts";
import type { InFlight } from "./send_transaction.ts";
import type { Session } from "./session.ts";

/** A transaction of a former run, and how it ended or that it still is under way. */
export interface Recovered {
  readonly flight: InFlight;
  readonly found: InFlight | Ending;
}

/**
 * Looks every transaction of former runs up, and offers those again that no node has taken yet, before
 * anything new is signed: a new signature's sequence depends on how they ended.
 */
export async function recover(session: Session): Promise<readonly Recovered[]> {
  const { chain, run, worker } = session;
  const flights = run.ledger.pendingTransactions(worker.address)
    .map((transaction) => ({ ...transaction, isSent: false }));
  return await Promise.all(flights.map(async (flight) => {
    try {
      return { flight, found: await resume(session, flight) };
    } catch (thrown) {
      run.tell("endpoint.failed", { url: chain.url, error: failureOf(run, thrown).message });
      return { flight, found: flight };
    }
  }));
}
