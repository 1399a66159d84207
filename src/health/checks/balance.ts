import { alloOf } from "../../chain/allo.ts";
import { runwayDays } from "../../ledger/spending.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { measured, unknown } from "../found.ts";

/** What pays the fees: how much is there, and how long it lasts at the measured pace. */
export async function balance(context: HealthContext): Promise<readonly CheckResult[]> {
  const { settings, host } = context;
  const address = settings.feeGranter ?? context.worker();
  const held = await (await context.chain()).balanceUallo(address);
  const { warn, crit } = settings.healthBalanceUallo;
  const fix = "allora-pipeline wallet balance";
  const found = measured({
    ...{ id: "balance", value: Number(alloOf(held)), unit: "ALLO" },
    ...{ warn: `${alloOf(warn)}:`, crit: `${alloOf(crit)}:` },
    message: `${address} holds ${alloOf(held)} ALLO`,
    fix,
  });
  // What others spend of a granter's balance is not in this ledger.
  if (settings.feeGranter !== undefined) return [found];
  return [found, runway(context, held, host.nowMs())];
}

/** What was spent may be unreadable where the balance is known. */
function runway(context: HealthContext, heldUallo: bigint, nowMs: number): CheckResult {
  const what = { id: "runway" };
  const { healthRunwayDays: limits } = context.settings;
  let days: number | undefined;
  try {
    days = runwayDays(context.ledger(), heldUallo, nowMs);
  } catch (thrown) {
    return unknown(thrown, what, "allora-pipeline ledger check");
  }
  if (days === undefined) {
    return { ...what, status: "OK", message: "nothing was spent in the last 7 days" };
  }
  return measured({
    ...{ ...what, value: days, unit: "days", warn: `${limits.warn}:`, crit: `${limits.crit}:` },
    message: `the balance lasts ${days > 36_525 ? "more than a hundred years" : `${days} days`}`,
    fix: "allora-pipeline wallet balance",
  });
}
