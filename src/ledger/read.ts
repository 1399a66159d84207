import { messageOf, PipelineError } from "../errors.ts";
import { openToRead, versionOf } from "./file.ts";
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
 * Opens the ledger at `path` to read only; one that an earlier version wrote is brought up to date
 * first. Throws "config" when there is none or it is not ours, and as openLedger does.
 */
export function readLedger(path: string, options: LedgerOptions): LedgerReader {
  const { nowMs, ...limits } = options;
  const database = openToRead(path, limits);
  try {
    const version = versionOf(database, path);
    if (version !== MIGRATIONS.length) bringUpToDate(path, version, options);
    return ledgerOn(database, nowMs);
  } catch (thrown) {
    database[Symbol.dispose]();
    throw thrown;
  }
}

function bringUpToDate(path: string, version: number, options: LedgerOptions): void {
  try {
    openLedger(path, options)[Symbol.dispose]();
  } catch (thrown) {
    const kind = thrown instanceof PipelineError ? thrown.kind : "internal";
    throw new PipelineError(
      kind,
      `Cannot read the ledger: ${path} has schema version ${version}, not ${MIGRATIONS.length}, ` +
        `and is not brought up to date: ${messageOf(thrown)}`,
      { cause: thrown, hint: "let the user who owns it run allora-pipeline status once" },
    );
  }
}
