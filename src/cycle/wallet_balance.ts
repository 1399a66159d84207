import { runwayDays } from "../ledger/spending.ts";
import { connectTo } from "./connect.ts";
import type { Run } from "./run.ts";
import type { Account } from "./session.ts";

/** What a wallet holds and what its transactions cost; amounts in uallo. */
export interface WalletBalance {
  readonly balanceUallo: bigint;
  /** Undefined: the address has never held anything. */
  readonly account: Pick<Account, "number" | "sequence"> | undefined;
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
  const nowMs = run.host.nowMs();
  const feesDayUallo = run.ledger.feesSince(nowMs - DAY_MS);
  const feesWeekUallo = run.ledger.feesSince(nowMs - 7 * DAY_MS);
  const isPaidFor = run.settings.feeGranter !== undefined;
  const runway = isPaidFor ? undefined : runwayDays(run.ledger, balanceUallo, nowMs);
  return { balanceUallo, account, feesDayUallo, feesWeekUallo, runwayDays: runway };
}
