import { assert } from "@std/assert";
import { type CheckOptions, runChecks } from "../../src/commands/health/run_checks.ts";
import type { CheckResult, Status } from "../../src/health/check.ts";
import { nameOf } from "../../src/health/check_name.ts";
import type { CheckName } from "../../src/health/checks.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import type { Settings } from "../../src/settings.ts";
import { HOURLY, type Practice, type PracticeOptions, practise } from "../cycle/practice.ts";

/** A worker whose model costs nothing to fit. */
export function practiseQuickly(options: PracticeOptions = {}): Promise<Practice> {
  const files = { "1": `${HOURLY}ALLORA_MODEL=zero\n` };
  return practise({ files, isTrained: false, ...options });
}

export interface Look extends CheckOptions {
  readonly settings?: Partial<Settings>;
  readonly nowMs?: number;
}

/** What one check finds of the worker. */
export function lookAt(
  { settings }: Pick<Practice, "settings">,
  name: CheckName,
  { settings: others, nowMs, ...options }: Look = {},
): Promise<readonly CheckResult[]> {
  const host: Host = nowMs === undefined ? realHost : { ...realHost, nowMs: () => nowMs };
  return runChecks(
    { ...settings, ...others },
    { host },
    { only: [name], pauseFile: `${settings.stateDir}/paused`, ...options },
  );
}

/** The check of this name must say so, and what to do unless it is OK. */
export function assertSays(
  results: readonly CheckResult[],
  name: string,
  status: Status,
  message: RegExp,
): CheckResult {
  const found = results.find((result) => nameOf(result) === name);
  const told = JSON.stringify(
    results,
    (_, value) => typeof value === "bigint" ? String(value) : value,
  );
  assert(found !== undefined, `no ${name} in ${told}`);
  assert(found.status === status && message.test(found.message), told);
  assert((found.fix === undefined) === (status === "OK"), told);
  return found;
}

/** Where the settings' files are. */
export function rootOf({ settings }: Pick<Practice, "settings">): string {
  return settings.stateDir.replace(/\/[^/]+$/, "");
}

export const DOWN = { rpc: ["http://127.0.0.1:1"] };

/** A window with a visit in it. */
export async function meet(worker: Practice): Promise<void> {
  worker.stepUntil("open");
  await worker.visit();
  worker.stepUntil("closed");
}

export function miss(worker: Practice): void {
  worker.stepUntil("open");
  worker.stepUntil("closed");
}
