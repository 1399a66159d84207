import { checkMnemonic, newMnemonic, walletFromMnemonic } from "../../chain/keys.ts";
import { PipelineError } from "../../errors.ts";
import { readMnemonic } from "../../host/credentials.ts";
import { isThere } from "../../host/paths.ts";
import type { Terminal } from "../terminal_io.ts";
import { type Questions, unanswered, wordOf } from "./questions.ts";
import type { Wizard } from "./wizard.ts";

/** The wallet that will sign. */
export interface WalletPlan {
  readonly state: "kept" | "new" | "imported";
  readonly path: string;
  /** Undefined for a new one that is only talked about. */
  readonly address: string | undefined;
  /** The words that are to be written. */
  readonly mnemonic: string | undefined;
}

/**
 * The wallet there is, a new one, or one whose words come from the file of --mnemonic-file or from a
 * person. Throws "usage" when nobody can be asked, "config" or "denied" for words that cannot be used.
 */
export async function walletPlan(
  { questions, values, existing, conflicts, isDryRun }: Wizard,
): Promise<WalletPlan> {
  const path = existing.pathOf("ALLORA_MNEMONIC_FILE");
  const { wallet: given, "mnemonic-file": source } = values;
  const way = wordOf("wallet", ["new", "import", "keep"]);
  if (isThere(path)) {
    const mnemonic = await readMnemonic(path);
    const message = `${existing.shown(path)} is there, and a wallet is never written over`;
    if (given !== undefined && way(given) !== "keep") {
      conflicts.push({
        flag: "wallet",
        keep: "keep",
        message: `Cannot --wallet ${given}: ${message}`,
      });
    }
    if (source !== undefined && await readMnemonic(source) !== mnemonic) {
      conflicts.push({ flag: "mnemonic-file", message: `Cannot import ${source}: ${message}` });
    }
    const { address } = await walletFromMnemonic(mnemonic);
    return { state: "kept", path, address, mnemonic: undefined };
  }
  const chosen = given === undefined && source !== undefined ? "import" : await questions.answer({
    flag: "wallet",
    text: "Wallet: new, or import",
    byDefault: "new",
    parse: way,
  });
  if (chosen === "keep") {
    throw new PipelineError("usage", `Cannot keep the wallet: there is none at ${path}`, {
      hint: "give --wallet new, or --wallet import",
    });
  }
  if (chosen === "new") {
    if (isDryRun) {
      return { state: "new", path, address: undefined, mnemonic: undefined };
    }
    const mnemonic = newMnemonic();
    return { state: "new", path, address: (await walletFromMnemonic(mnemonic)).address, mnemonic };
  }
  if (source === undefined && !questions.isAsking) throw unanswered("mnemonic-file");
  const words = source === undefined ? await questions.phrase() : await readMnemonic(source);
  const mnemonic = checkMnemonic(words);
  const { address } = await walletFromMnemonic(mnemonic);
  return { state: "imported", path, address, mnemonic };
}

/** The terminal's other screen, which leaves nothing behind in what can be scrolled back to. */
const [ENTER_SCREEN, LEAVE_SCREEN] = ["\x1b[?1049h\x1b[H", "\x1b[?1049l"] as const;
const WORDS_A_ROW = 6;

/** Shows the words of a new wallet once, until a person presses Enter. */
export async function showOnce(
  mnemonic: string,
  path: string,
  questions: Questions,
  terminal: Terminal,
): Promise<void> {
  const words = mnemonic.split(" ").map((word, i) =>
    `${String(i + 1).padStart(2)} ${word}`.padEnd(13)
  );
  const rows = Array.from(
    { length: Math.ceil(words.length / WORDS_A_ROW) },
    (_, row) => words.slice(row * WORDS_A_ROW, (row + 1) * WORDS_A_ROW).join("").trimEnd(),
  );
  const hasScreens = terminal.env["TERM"] !== "dumb";
  terminal.out(
    `${hasScreens ? ENTER_SCREEN : ""}The words of the new wallet, shown this once; ` +
      `they will be kept in ${path}:\n\n${rows.join("\n")}\n\n` +
      "Whoever has them has the coins, and without them the coins are gone.\n",
  );
  try {
    await questions.pause("Write them on paper, then press Enter: ");
  } finally {
    if (hasScreens) terminal.out(LEAVE_SCREEN);
  }
}
