import { type CheckOptions, runChecks } from "../../src/commands/health/run_checks.ts";
import type { CheckName } from "../../src/health/checks.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import type { Settings } from "../../src/settings.ts";
import type { Practice } from "../cycle/practice.ts";

export interface Look extends CheckOptions {
  readonly settings?: Partial<Settings>;
  readonly host?: Partial<Host>;
}

/** What health finds of the worker, as "STATUS name: message" and the results themselves. */
export async function lookAt(
  { settings }: Pick<Practice, "settings">,
  name: CheckName,
  { settings: others, host, ...options }: Look = {},
) {
  const results = await runChecks(
    { ...settings, ...others },
    { host: { ...realHost, ...host } },
    { only: [name], pauseFile: `${settings.stateDir}/paused`, ...options },
  );
  return results;
}

/** Where the settings' files are. */
export function rootOf({ settings }: Pick<Practice, "settings">): string {
  return settings.stateDir.replace(/\/[^/]+$/, "");
}
