import { openChannels } from "../../health/alerts/open_channels.ts";
import { alertStart } from "../../health/alerts/alert_on.ts";
import type { CheckResult } from "../../health/check.ts";
import { isThere, statePaths } from "../../host/paths.ts";
import type { Settings } from "../../settings.ts";
import { afterChecks } from "../alert/after_visit.ts";
import { alertContext } from "../alert/context.ts";
import { openRun } from "../open_run.ts";
import type { Terminal } from "../terminal_io.ts";

/** Whoever is to hear of a look at everything: when it begins, and what it found. */
export interface People extends Disposable {
  /** Returns whether there is somebody to tell, and every channel took what there was. */
  hear(results: readonly CheckResult[]): Promise<boolean>;
}

/** Calls the dead man's switch. Where nobody is to be told, no ledger is made for it. */
export async function callPeople(
  settings: Settings,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<People> {
  const run = openRun(settings, terminal, { isLogLazy: true });
  const context = alertContext(run, terminal, stop);
  await alertStart(context);
  return {
    async hear(results) {
      const { channels, heartbeat } = await openChannels(settings, run.host, context.hostName);
      const isHeard = channels.length > 0 || heartbeat !== undefined;
      if (!isHeard && !isThere(statePaths(settings.stateDir).ledger)) return false;
      return await afterChecks(run, terminal, results, stop);
    },
    [Symbol.dispose]: () => run[Symbol.dispose](),
  };
}
