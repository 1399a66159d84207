import { PipelineError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { statePaths } from "../host/paths.ts";
import { type LedgerReader, readLedger } from "../ledger/read.ts";
import type { Settings } from "../settings.ts";

/**
 * The ledger when there is one: who only looks makes none. Throws as readLedger() does for one that
 * cannot be read.
 */
export function ledgerIfThere({ stateDir }: Settings, host: Host): LedgerReader | undefined {
  const path = statePaths(stateDir).ledger;
  try {
    Deno.statSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    // What may not be looked at is there; opening it says what is wrong.
  }
  return readLedger(path, { nowMs: () => host.nowMs() });
}

/** The same where the ledger is only an addition: what is wrong with it comes back instead. */
export function ledgerOrWhyNot(
  settings: Settings,
  host: Host,
): { readonly ledger: LedgerReader | undefined; readonly whyNot: PipelineError | undefined } {
  try {
    return { ledger: ledgerIfThere(settings, host), whyNot: undefined };
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    return { ledger: undefined, whyNot: thrown };
  }
}
