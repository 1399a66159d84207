import { PipelineError } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { statePaths } from "../host/paths.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import type { Settings } from "../settings.ts";

/**
 * The ledger when there is one: who only looks makes none. Throws as openLedger() does for one that
 * cannot be read.
 */
export function ledgerIfThere({ stateDir }: Settings, host: Host): Ledger | undefined {
  const path = statePaths(stateDir).ledger;
  try {
    Deno.statSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    // What may not be looked at is there; opening it says what is wrong.
  }
  return openLedger(path, { nowMs: () => host.nowMs() });
}

/** The same where the ledger is only an addition: what is wrong with it comes back instead. */
export function ledgerOrWhyNot(
  settings: Settings,
  host: Host,
): { readonly ledger: Ledger | undefined; readonly whyNot: PipelineError | undefined } {
  try {
    return { ledger: ledgerIfThere(settings, host), whyNot: undefined };
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    return { ledger: undefined, whyNot: thrown };
  }
}

/** Wall clock as the screens show it: "11-24 14:05" in UTC. */
export function shortTime(ms: number): string {
  return new Date(ms).toISOString().slice(5, 16).replace("T", " ");
}
