import { walletFromMnemonic } from "../../chain/keys.ts";
import { readMnemonic } from "../../host/credentials.ts";
import type { Settings } from "../../settings.ts";
import type { Handler } from "../command.ts";
import { settingsOf } from "../open_run.ts";

/** Prints the wallet's address, and nothing else, for scripts. */
export const address: Handler = async (invocation, terminal) => {
  const found = await addressOf(settingsOf(invocation, terminal));
  terminal.out(`${invocation.json ? JSON.stringify({ address: found }) : found}\n`);
  return 0;
};

/** The address of the settings' wallet; no ledger is needed for it. Throws what reading the mnemonic throws. */
export async function addressOf({ mnemonicFile, credentialsDir }: Settings): Promise<string> {
  return (await walletFromMnemonic(await readMnemonic(mnemonicFile, credentialsDir))).address;
}
