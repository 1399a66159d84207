import { newMnemonic, walletFromMnemonic } from "../../chain/keys.ts";
import { checkVacant, writeMnemonic } from "../../host/credentials.ts";
import type { Handler } from "../command.ts";
import { settingsOf } from "../open_run.ts";
import { facts } from "./facts.ts";

/** Makes a wallet of 24 words. They are in its file, and on stdout with --show: nowhere else. */
export const create: Handler = async (invocation, terminal) => {
  const { mnemonicFile: file } = settingsOf(invocation, terminal);
  checkVacant(file);
  const mnemonic = newMnemonic();
  const { address } = await walletFromMnemonic(mnemonic);
  writeMnemonic(file, mnemonic);
  const isShown = invocation.switches.has("show");
  if (invocation.json) {
    terminal.out(`${JSON.stringify({ address, file, ...isShown ? { mnemonic } : {} })}\n`);
    return 0;
  }
  terminal.out(facts([["wallet", address], ["file", `${file}, mode 0600`]]));
  terminal.out(BACKUP);
  if (isShown) terminal.out(`\n${mnemonic}\n`);
  return 0;
};

const BACKUP = `
The file holds 24 words: whoever has them has the coins, and without them the coins are gone. Write
them on paper, keep it apart from this machine, and compare once more before sending coins here.
`;
