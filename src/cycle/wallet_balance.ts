import { connectTo } from "./connect.ts";
import type { Run } from "./run.ts";
import type { Account } from "./session.ts";

/** What a wallet holds and what its transactions cost; amounts in uallo. */
export interface WalletBalance extends Costs {
  readonly balanceUallo: bigint;
  /** Undefined: the address has never held anything. */
  readonly account: Account | undefined;
}

/** What transactions cost, and how long a balance lasts at that pace. */
export interface Costs {
  readonly feesDayUallo: bigint;
  readonly feesWeekUallo: bigint;
  /** Days until the balance is spent; undefined when nothing was spent, or somebody else pays. */
  readonly runwayDays: number | undefined;
}

const DAY_MS = 86_400_000;

/** The wallet's balance from the chain, its costs from the ledger. Throws what connecting throws. */
export async function walletBalance(run: Run, address: string): Promise<WalletBalance> {
  const chain = await connectTo(run);
  const [balanceUallo, account] = await Promise.all([
    chain.balanceUallo(address),
    chain.account(address),
  ]);
  return { balanceUallo, account, ...costsOf(run, balanceUallo) };
}

/** The costs of the last day and week by the ledger. */
export function costsOf(
  { host, ledger, settings }: CostsOf,
  balanceUallo: bigint,
): Costs {
  const nowMs = host.nowMs();
  const feesDayUallo = ledger.feesSince(nowMs - DAY_MS);
  const feesWeekUallo = ledger.feesSince(nowMs - 7 * DAY_MS);
  // The faster of both paces: a week that has just begun would promise too much.
  const pace = feesDayUallo * 7n > feesWeekUallo ? feesDayUallo * 7n : feesWeekUallo;
  const runwayDays = pace === 0n || settings.feeGranter !== undefined
    ? undefined
    : Number((balanceUallo * 70n) / pace) / 10;
  return { feesDayUallo, feesWeekUallo, runwayDays };
}

interface CostsOf extends Pick<Run, "host" | "settings"> {
  readonly ledger: Pick<Run["ledger"], "feesSince">;
}
