import { statePaths } from "../../host/paths.ts";
import { quickCheck } from "../../ledger/check.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";

/** Whether the ledger is there and whole. */
export function ledger({ settings: { stateDir } }: HealthContext): CheckResult {
  const path = statePaths(stateDir).ledger;
  const damage = quickCheck(path);
  const what = { id: "ledger" };
  if (damage === undefined) return { ...what, status: "OK", message: `${path} is whole` };
  const fix = "allora-pipeline ledger restore FILE";
  return { ...what, status: "CRITICAL", message: `${path} is damaged: ${damage}`, fix };
}
