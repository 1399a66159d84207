import { alertOn } from "../../src/health/alerts/alert_on.ts";
import { realHost } from "../../src/host/host.ts";
import { statePaths } from "../../src/host/paths.ts";
import { openLedger } from "../../src/ledger/ledger.ts";
import { loadSettings } from "../../src/settings.ts";

// Tells of one trouble to the channels of the directory that it is given, and every event on stdout.
const [dir = ""] = Deno.args;
const settings = loadSettings({ flags: {}, env: {}, cwd: dir, root: dir });
const paths = statePaths(settings.stateDir);
await alertOn(
  [{ id: "balance", status: "CRITICAL", message: "nothing is left", fix: "fund it" }],
  {
    ...{ settings, host: realHost, hostName: "worker-1", lockPath: paths.alertLock },
    ledger: openLedger(paths.ledger, { nowMs: () => Date.now() }),
    tell: (event) => console.log(event),
    ...{ invocationId: undefined, signal: new AbortController().signal },
  },
  { isComplete: false },
);
