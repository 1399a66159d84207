import type { Ledger } from "./ledger.ts";

const DAY_MS = 86_400_000;

/** Days until `balanceUallo` is spent at the pace of the ledger's transactions; undefined when nothing was spent. */
export function runwayDays(
  ledger: Pick<Ledger, "feesSince">,
  balanceUallo: bigint,
  nowMs: number,
): number | undefined {
  const day = ledger.feesSince(nowMs - DAY_MS);
  const week = ledger.feesSince(nowMs - 7 * DAY_MS);
  // The faster of both paces: a week that has just begun would promise too much.
  const pace = day * 7n > week ? day * 7n : week;
  return pace === 0n ? undefined : Number((balanceUallo * 70n) / pace) / 10;
}
