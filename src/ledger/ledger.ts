import { type Database, openDatabase } from "../host/database.ts";
import { adoption } from "./adoption.ts";
import { balances } from "./balances.ts";
import { checks } from "./checks.ts";
import { alerts } from "./alerts.ts";
import { endpoints } from "./endpoints.ts";
import { keepVersion } from "./copy.ts";
import { LEDGER_FILE } from "./file.ts";
import { history } from "./history.ts";
import { runs } from "./runs.ts";
import { submissions } from "./submissions.ts";
import { totals } from "./totals.ts";
import { transactions } from "./transactions.ts";
import { wallets } from "./wallets.ts";
import { windows } from "./windows.ts";

/**
 * The memory between runs. Each function is one transaction, on the disk when it returns; a change
 * of state that the present one does not allow throws "internal" and changes nothing. So a process
 * may die between any two calls, and the next run goes on from the rows:
 *
 * planned: sign it, or resolve it when the window closed. signed, sent: look the hash up, send the
 * same bytes again, or expire it. confirmed, rejected, expired: settle it.
 */
export type Ledger =
  & ReturnType<typeof submissions>
  & ReturnType<typeof transactions>
  & ReturnType<typeof windows>
  & ReturnType<typeof wallets>
  & ReturnType<typeof adoption>
  & ReturnType<typeof endpoints>
  & ReturnType<typeof history>
  & ReturnType<typeof runs>
  & ReturnType<typeof checks>
  & ReturnType<typeof balances>
  & ReturnType<typeof totals>
  & ReturnType<typeof alerts>
  & Disposable;

export interface LedgerOptions {
  /** Wall clock, epoch milliseconds. */
  readonly nowMs: () => number;
  /** Longest wait for another process's write, milliseconds; default 5000. */
  readonly busyMs?: number;
}

/**
 * Opens the ledger at `path`, or makes it; one that an earlier version wrote is brought up to date, and
 * kept beside it as it was. Throws "config" for a symlink, a directory, a newer
 * schema or another program's database; "denied", "retry" (locked too long) and "internal" (damaged).
 */
export function openLedger(path: string, { nowMs, ...limits }: LedgerOptions): Ledger {
  return ledgerOn(
    openDatabase(path, {
      ...{ ...LEDGER_FILE, ...limits },
      beforeMigrating: (database, version) => keepVersion(database, path, version),
    }),
    nowMs,
  );
}

/** The ledger's functions on an open file, which disposing it closes. */
export function ledgerOn(database: Database, nowMs: () => number): Ledger {
  return {
    ...submissions(database, nowMs),
    ...transactions(database, nowMs),
    ...windows(database, nowMs),
    ...wallets(database),
    ...adoption(database, nowMs),
    ...endpoints(database),
    ...history(database),
    ...runs(database, nowMs),
    ...checks(database, nowMs),
    ...balances(database, nowMs),
    ...totals(database),
    ...alerts(database, nowMs),
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}
