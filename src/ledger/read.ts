import { Database } from "../host/database.ts";
import { copyRows, fileAt } from "./copy.ts";
import { LEDGER_FILE, openToRead, versionOf } from "./file.ts";
import { type Ledger, ledgerOn, type LedgerOptions, openLedger } from "./ledger.ts";
import { MIGRATIONS } from "./schema.ts";

/** The ledger for who only looks. */
export type LedgerReader =
  & Pick<
    Ledger,
    | "closedWindows"
    | "endpoints"
    | "feesSince"
    | "history"
    | "knownWindows"
    | "lastWindow"
    | "openAlerts"
    | "pastWindows"
    | "registrationFees"
    | "runs"
    | "topicVisits"
    | "workers"
  >
  & Disposable;

/**
 * Opens the ledger at `path` to read only; of one that an earlier version wrote it reads a copy in memory,
 * for a look must not take it from the program that is at work. Throws "config" when there is none or it
 * is not ours, and as openLedger does.
 */
export function readLedger(path: string, { nowMs, ...limits }: LedgerOptions): LedgerReader {
  const database = openToRead(path, limits);
  try {
    const copy = copyOfOlder(database, path);
    if (copy === undefined) return ledgerOn(database, nowMs);
    database[Symbol.dispose]();
    return ledgerOn(copy, nowMs);
  } catch (thrown) {
    database[Symbol.dispose]();
    throw thrown;
  }
}

/**
 * Opens the ledger as openLedger does, but leaves one that an earlier version wrote as it is: that is
 * copied into memory, and what is written there is forgotten.
 */
export function tryLedger(path: string, options: LedgerOptions): Ledger {
  const { nowMs, ...limits } = options;
  if (!isWritten(path)) return openLedger(path, options);
  using database = openToRead(path, limits);
  const copy = copyOfOlder(database, path);
  return copy === undefined ? openLedger(path, options) : ledgerOn(copy, nowMs);
}

/** Of the newest schema, and in memory; undefined when the ledger has that schema itself. */
function copyOfOlder(database: Database, path: string): Database | undefined {
  // What is copied is of one moment, and of the schema that was seen.
  return database.transaction(() => {
    const version = versionOf(database, path);
    if (version === MIGRATIONS.length) return undefined;
    const copy = new Database(":memory:", LEDGER_FILE);
    copyRows(database, copy, version);
    copy.migrate(MIGRATIONS);
    return copy;
  });
}

function isWritten(path: string): boolean {
  const found = fileAt(path);
  return found?.isFile === true && found.size > 0;
}
