import { statePaths } from "../../host/paths.ts";
import type { AlertContext } from "../../health/alerts/alert_on.ts";
import type { Run } from "../../cycle/run.ts";
import type { Terminal } from "../terminal_io.ts";

/** What alerts work with, from what a visit works with; they have their own time, beside `stop`. */
export function alertContext(
  run: Pick<Run, "settings" | "ledger" | "host" | "tell">,
  { env }: Pick<Terminal, "env">,
  stop: AbortSignal,
): AlertContext {
  const { settings, host, tell } = run;
  return {
    ...{ settings, host, tell, signal: stop },
    // Opened when it is needed: who cannot open it has to tell people so.
    get ledger() {
      return run.ledger;
    },
    hostName: Deno.hostname(),
    lockPath: statePaths(settings.stateDir).alertLock,
    invocationId: env["INVOCATION_ID"],
  };
}
