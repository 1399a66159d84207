import { checkMnemonic, walletFromMnemonic } from "../../chain/keys.ts";
import { PipelineError } from "../../errors.ts";
import { checkVacant, writeMnemonic } from "../../host/credentials.ts";
import type { Handler } from "../command.ts";
import { settingsOf } from "../open_run.ts";
import { facts } from "./facts.ts";
import { readPhrase } from "./read_phrase.ts";

/** Takes over the wallet whose words come on stdin. */
export const importWallet: Handler = async (invocation, terminal) => {
  if (invocation.words.length > 0) {
    throw new PipelineError(
      "usage",
      "Cannot import words from the command line: all users see it",
      {
        hint: "take them out of the shell's history, and paste them when wallet import asks",
      },
    );
  }
  const { mnemonicFile: file } = settingsOf(invocation, terminal);
  checkVacant(file);
  const mnemonic = checkMnemonic(await readPhrase(Deno.stdin, (text) => terminal.err(text)));
  const { address } = await walletFromMnemonic(mnemonic);
  writeMnemonic(file, mnemonic);
  terminal.out(
    invocation.json
      ? `${JSON.stringify({ address, file })}\n`
      : facts([["wallet", address], ["file", `${file}, mode 0600`]]),
  );
  return 0;
};
