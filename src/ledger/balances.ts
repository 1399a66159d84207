import type { Database } from "../host/database.ts";
import { type Columns, number, readRow, text, uallo } from "./columns.ts";

/** What a worker's account held when the chain was last asked. */
export interface BalanceRecord {
  readonly worker: string;
  readonly balanceUallo: bigint;
  /** Wall clock, epoch milliseconds. */
  readonly seenMs: number;
}

const RECORD: Columns<BalanceRecord> = { worker: text, balanceUallo: uallo, seenMs: number };

/** The balances' part of the ledger; every function is one transaction. */
export function balances(database: Database, nowMs: () => number) {
  function balances(): readonly BalanceRecord[] {
    return database.all("SELECT * FROM balances ORDER BY worker")
      .map((row) => readRow(RECORD, row));
  }

  /** Replaces what is remembered of the worker's balance. */
  function recordBalance(worker: string, balanceUallo: bigint): void {
    database.run("INSERT OR REPLACE INTO balances VALUES (:worker, :balance, :now)", {
      ...{ worker, balance: String(balanceUallo), now: nowMs() },
    });
  }

  return { balances, recordBalance };
}
