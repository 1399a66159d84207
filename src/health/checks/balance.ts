import { alloOf } from "../../chain/allo.ts";
import { runwayDays } from "../../ledger/spending.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { measured } from "../found.ts";

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
  const days = runwayDays(context.ledger(), held, host.nowMs());
  const what = { id: "runway" };
  if (days === undefined) {
    return [found, { ...what, status: "OK", message: "nothing was spent in the last 7 days" }];
  }
  const { healthRunwayDays: limits } = settings;
  return [
    found,
    measured({
      ...{ ...what, value: days, unit: "days", warn: `${limits.warn}:`, crit: `${limits.crit}:` },
      message: `the balance lasts ${days > 36_525 ? "more than a hundred years" : `${days} days`}`,
      fix,
    }),
  ];
}
