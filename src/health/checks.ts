import type { CheckResult } from "./check.ts";
import { balance } from "./checks/balance.ts";
import { clock } from "./checks/clock.ts";
import { credentials } from "./checks/credentials.ts";
import { disk } from "./checks/disk.ts";
import { endpoints } from "./checks/endpoints.ts";
import { failures } from "./checks/failures.ts";
import { lastRun } from "./checks/last_run.ts";
import { ledger } from "./checks/ledger.ts";
import { logSize } from "./checks/log_size.ts";
import { market } from "./checks/market.ts";
import { model } from "./checks/model.ts";
import { pause } from "./checks/pause.ts";
import { settings } from "./checks/settings.ts";
import { submission } from "./checks/submission.ts";
import type { HealthContext } from "./context.ts";
import { toPaste } from "./cure.ts";
import { unknown } from "./found.ts";

type Found = CheckResult | readonly CheckResult[];
type Check = (context: HealthContext) => Found | Promise<Found>;

/** Every check, in the order in which they are told. */
const CHECKS = {
  settings,
  submission,
  failures,
  "last-run": lastRun,
  pause,
  balance,
  endpoint: endpoints,
  clock,
  market,
  model,
  credentials,
  ledger,
  disk,
  "log-size": logSize,
} as const satisfies Readonly<Record<string, Check>>;

export type CheckName = keyof typeof CHECKS;

/** What shows more when a check as a whole cannot be made, where it is not the doctor. */
const MORE: Readonly<Partial<Record<string, string>>> = {
  failures: "allora-pipeline ledger check",
  "last-run": "allora-pipeline ledger check",
  balance: "allora-pipeline rpc",
  endpoint: "allora-pipeline rpc",
  clock: "allora-pipeline rpc",
  market: "allora-pipeline predict",
};

/**
 * Makes the checks named, or all, at the same time, and never fails: a check that does, or that is not
 * done when the context's signal is aborted, is UNKNOWN with the reason.
 */
export async function check(
  context: HealthContext,
  only?: readonly CheckName[],
): Promise<readonly CheckResult[]> {
  const rows: readonly (readonly [string, Check])[] = Object.entries(CHECKS);
  const wanted = rows.filter(([id]) => only === undefined || only.some((name) => name === id));
  const found = await Promise.all(wanted.map(([id, check]) => answerOf(context, id, check)));
  return found.flat().map((result) => cured(context, result));
}

/** What is well needs no cure. */
function cured({ settings, root }: HealthContext, result: CheckResult): CheckResult {
  const { fix, ...well } = result;
  if (result.status === "OK" || fix === undefined) return well;
  return { ...well, fix: toPaste(fix, settings, root) };
}

async function answerOf(context: HealthContext, id: string, check: Check): Promise<Found> {
  const { signal } = context;
  const isLate = Promise.withResolvers<never>();
  const onAbort = () => isLate.reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([isLate.promise, Promise.resolve().then(() => check(context))]);
  } catch (thrown) {
    return unknown(thrown, { id }, MORE[id]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
