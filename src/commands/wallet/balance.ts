import { alloOf } from "../../chain/allo.ts";
import { failureOf } from "../../cycle/run.ts";
import { type WalletBalance, walletBalance } from "../../cycle/wallet_balance.ts";
import type { Settings } from "../../settings.ts";
import type { Handler } from "../command.ts";
import { openRun, settingsOf } from "../open_run.ts";
import { waiting } from "../progress.ts";
import { runwayText } from "../runway.ts";
import { addressOf } from "./address.ts";
import { amount, facts } from "./facts.ts";

/** What the wallet holds, what its transactions cost, and how long that lasts. */
export const balance: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  const address = await addressOf(settings);
  using progress = waiting(terminal, `asking ${settings.chainId} for the balance`);
  using run = openRun(settings, progress.terminal, { stop: terminal.stopSignal() });
  let found: WalletBalance;
  try {
    found = await walletBalance(run, address);
  } catch (thrown) {
    throw failureOf(run, thrown);
  }
  progress.terminal.out(
    invocation.json
      ? `${JSON.stringify(jsonOf(settings, address, found))}\n`
      : textOf(settings, address, found),
  );
  return 0;
};

function textOf(settings: Settings, address: string, found: WalletBalance): string {
  const { balanceUallo, account, feesDayUallo, feesWeekUallo } = found;
  return facts([
    ["wallet", address],
    ["chain", settings.chainId],
    ["balance", amount(balanceUallo)],
    ["account", account ? `number ${account.number}, sequence ${account.sequence}` : NO_ACCOUNT],
    ["fees, 24 hours", amount(feesDayUallo)],
    ["fees, 7 days", amount(feesWeekUallo)],
    ["runway", runwayOf(settings, found)],
    ["cap, 24 hours", `${amount(settings.maxFeePerDayUallo)} (ALLORA_MAX_FEE_PER_DAY)`],
  ]);
}

const NO_ACCOUNT = "none yet: it begins with its first coins";

function runwayOf({ feeGranter }: Settings, { runwayDays }: WalletBalance): string {
  if (feeGranter !== undefined) return `unknown: ${feeGranter} pays the fees`;
  if (runwayDays === undefined) return "unknown: nothing was spent yet";
  return runwayText(runwayDays);
}

function jsonOf(settings: Settings, address: string, found: WalletBalance) {
  const { balanceUallo, account, feesDayUallo, feesWeekUallo, runwayDays } = found;
  return {
    address,
    chain_id: settings.chainId,
    balance_uallo: String(balanceUallo),
    balance_allo: alloOf(balanceUallo),
    account_number: account === undefined ? null : Number(account.number),
    sequence: account === undefined ? null : Number(account.sequence),
    fees_24h_uallo: String(feesDayUallo),
    fees_7d_uallo: String(feesWeekUallo),
    runway_days: runwayDays ?? null,
    fee_granter: settings.feeGranter ?? null,
    max_fee_per_day_allo: alloOf(settings.maxFeePerDayUallo),
  };
}
