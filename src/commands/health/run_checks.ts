import type { CheckResult } from "../../health/check.ts";
import { check, type CheckName } from "../../health/checks.ts";
import { deadline } from "../../host/deadline.ts";
import type { Settings } from "../../settings.ts";
import type { Terminal } from "../terminal_io.ts";
import { openContext } from "./context.ts";

/** All checks run at the same time, and each has so long, milliseconds. */
const CHECK_MS = 20_000;

export interface CheckOptions {
  /** Default: all. */
  readonly only?: readonly CheckName[];
  /** Ends the checks before their time; they are UNKNOWN then. */
  readonly stop?: AbortSignal;
  /** Stands for the pause file of the installation in a test. */
  readonly pauseFile?: string;
  /** Of the file system: another one in a test. */
  readonly root?: string;
}

/** Looks at everything, changes nothing, and does not throw: what cannot be looked at is UNKNOWN. */
export async function runChecks(
  settings: Settings,
  { host }: Pick<Terminal, "host">,
  { only, stop = new AbortController().signal, pauseFile, root }: CheckOptions = {},
): Promise<readonly CheckResult[]> {
  using time = deadline(CHECK_MS, stop);
  const { signal } = time;
  using context = openContext({
    ...{ settings, host, signal },
    ...pauseFile === undefined ? {} : { pauseFile },
    ...root === undefined ? {} : { root },
  });
  return await check(context, only);
}
