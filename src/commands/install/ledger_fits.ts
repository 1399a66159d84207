import { PipelineError } from "../../errors.ts";
import { openReadOnly } from "../../host/database.ts";
import { statePaths } from "../../host/paths.ts";
import { fileAt, keptVersion } from "../../ledger/copy.ts";
import { LEDGER_FILE, schemaOf } from "../../ledger/file.ts";
import { MIGRATIONS } from "../../ledger/schema.ts";
import { loadSettings, type SettingsInput } from "../../settings.ts";
import { shellQuote } from "../../settings/file_error.ts";
import { PAUSE_FILE } from "../health/context.ts";

/**
 * Throws "config" where a newer version has brought the machine's ledger up to date: this one could not
 * read it, and would submit nothing. What cannot be told is no reason to install nothing.
 */
export function refuseNewerLedger(input: SettingsInput): void {
  const path = ledgerOf(input);
  const version = path === undefined ? 0 : schemaAt(path);
  if (path === undefined || version <= MIGRATIONS.length) return;
  const kept = keptVersion(path, MIGRATIONS.length);
  throw new PipelineError(
    "config",
    `Cannot install this version: ${path} has schema version ${version}, newer than ${MIGRATIONS.length}`,
    {
      hint: fileAt(kept) === undefined
        ? "install the version that wrote it, or a newer one; nothing is changed"
        : `sudo touch ${PAUSE_FILE} && sudo systemctl stop allora-pipeline-daemon.service && sudo ` +
          `${shellQuote(Deno.execPath())} ledger restore ${shellQuote(kept)} # then again`,
    },
  );
}

function ledgerOf(input: SettingsInput): string | undefined {
  return orUndefined(() => statePaths(loadSettings(input).stateDir).ledger);
}

function schemaAt(path: string): number {
  return orUndefined(() => {
    using database = openReadOnly(path, LEDGER_FILE);
    return schemaOf(database);
  }) ?? 0;
}

function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof PipelineError) return undefined;
    throw thrown;
  }
}
