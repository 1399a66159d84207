import type { AlertContext } from "../../src/health/alerts/alert_on.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { statePaths } from "../../src/host/paths.ts";
import { openLedger } from "../../src/ledger/ledger.ts";
import { loadSettings } from "../../src/settings.ts";

/** Alerts with real settings, files and a real ledger, on a clock that is set by hand. */
export interface Desk extends Disposable {
  readonly dir: string;
  readonly clock: { nowMs: number };
  readonly told: { readonly event: string; readonly fields: Readonly<Record<string, unknown>> }[];
  readonly context: AlertContext;
  /** What a process that starts again has: the ledger alone. */
  restart(): void;
}

export interface DeskOptions {
  /** Secret files by name, such as "slack-webhook". */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly host?: Partial<Host>;
}

export function desk({ secrets = {}, env = {}, host = {} }: DeskOptions = {}): Desk {
  const dir = Deno.makeTempDirSync({ prefix: "allora-alerts-" });
  Deno.mkdirSync(`${dir}/data`, { mode: 0o700 });
  for (const [name, text] of Object.entries(secrets)) {
    Deno.writeTextFileSync(`${dir}/data/${name}`, text, { mode: 0o600 });
  }
  const clock = { nowMs: Date.UTC(2024, 4, 1) };
  const settings = loadSettings({ flags: {}, env, cwd: dir, root: dir });
  const paths = statePaths(settings.stateDir);
  const open = () => openLedger(paths.ledger, { nowMs: () => clock.nowMs });
  let ledger = open();
  const told: Desk["told"] = [];
  return {
    ...{ dir, clock, told },
    context: {
      ...{ settings, hostName: "worker-1", lockPath: paths.alertLock },
      host: { ...realHost, nowMs: () => clock.nowMs, ...host },
      get ledger() {
        return ledger;
      },
      tell: (event, fields = {}) => void told.push({ event, fields }),
      invocationId: "0123456789abcdef0123456789abcdef",
      signal: new AbortController().signal,
    },
    restart() {
      ledger[Symbol.dispose]();
      ledger = open();
    },
    [Symbol.dispose]() {
      ledger[Symbol.dispose]();
      Deno.removeSync(dir, { recursive: true });
    },
  };
}
