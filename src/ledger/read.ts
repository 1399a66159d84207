import { PipelineError } from "../errors.ts";
import { openToRead, versionOf } from "./file.ts";
import { type Ledger, ledgerOn, type LedgerOptions } from "./ledger.ts";
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
    | "pastWindows"
    | "registrationFees"
    | "runs"
    | "topicVisits"
    | "workers"
  >
  & Disposable;

/**
 * Opens the ledger at `path` to read only. Throws "config" when there is none or it is not ours,
 * "retry" when an earlier version wrote it, "denied" and "internal" as openLedger does.
 */
export function readLedger(path: string, { nowMs, ...limits }: LedgerOptions): LedgerReader {
  const database = openToRead(path, limits);
  try {
    const version = versionOf(database, path);
    if (version === MIGRATIONS.length) return ledgerOn(database, nowMs);
    throw new PipelineError(
      "retry",
      `Cannot read the ledger: ${path} has schema version ${version}, not ${MIGRATIONS.length} yet`,
      { hint: "run allora-pipeline submit, which brings it up to date" },
    );
  } catch (thrown) {
    database[Symbol.dispose]();
    throw thrown;
  }
}
