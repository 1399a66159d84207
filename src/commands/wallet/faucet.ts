import { checkFaucetChain, type Funding, fundWallet } from "../../cycle/fund_wallet.ts";
import { failureOf } from "../../cycle/run.ts";
import type { Handler } from "../command.ts";
import { openRun, settingsOf } from "../open_run.ts";
import { waiting } from "../progress.ts";
import { addressOf } from "./address.ts";
import { amount, facts } from "./facts.ts";

/** Asks a testnet's or a devnet's faucet for coins. */
export const faucet: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  checkFaucetChain(settings.chainId);
  const address = await addressOf(settings);
  using progress = waiting(terminal, `waiting for coins of ${settings.faucetUrl}`);
  using run = openRun(settings, progress.terminal, { stop: terminal.stopSignal() });
  let funding: Funding;
  try {
    funding = await fundWallet(run, address);
  } catch (thrown) {
    throw failureOf(run, thrown);
  }
  const { receivedUallo, balanceUallo } = funding;
  const json = {
    address,
    received_uallo: String(receivedUallo),
    balance_uallo: String(balanceUallo),
  };
  progress.terminal.out(
    invocation.json ? `${JSON.stringify(json)}\n` : facts([
      ["wallet", address],
      ["received", amount(receivedUallo)],
      ["balance", amount(balanceUallo)],
    ]),
  );
  return 0;
};
