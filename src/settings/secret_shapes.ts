import { shellQuote } from "./file_error.ts";

/**
 * What a wallet's secret looks like. Settings use it to refuse one where it does not belong, the
 * log to print none.
 */

/**
 * English words that are short enough for BIP-39's list but are not in it. A run of lower-case words
 * without any of these is a recovery phrase sooner than a sentence.
 */
export const PROSE_WORDS =
  "the and for from with not are was has had but its than been which does did were cannot should each every most some these those both after while your per none their who how may out yes"
    .split(" ");

/** Twelve or more words of 3 to 8 letters (the lengths in BIP-39's list), in any case, commas allowed. */
const MNEMONIC = new RegExp(
  String.raw`(?:\b(?!(?:${PROSE_WORDS.join("|")})\b)[a-z]{3,8}\b[\s,"']+){11,}[a-z]{3,8}\b`,
  "gi",
);
/** What every such run contains; tried first, because it costs a fraction of the whole pattern. */
const LONG_RUN = /(?:\b[a-z]{3,8}\b[\s,"']+){11}/i;
const HEX_KEY = /(?<![0-9a-z])(?:0x)?[0-9a-f]{64}(?![0-9a-z])/gi;
const BASE64_KEY = /(?<![\w+/=-])[\w+/-]{43}=(?!=)/g;

/** The kind of secret that `value` as a whole is, or that it contains in the case of a mnemonic. */
export function secretIn(value: string): "mnemonic" | "private key" | undefined {
  if (LONG_RUN.test(value) && value.search(MNEMONIC) >= 0) return "mnemonic";
  return /^(?:0x)?[0-9a-f]{64}$/i.test(value.trim()) ? "private key" : undefined;
}

/** A variable that is named after a secret, whatever its value looks like. */
export const SECRET_NAME =
  /^(?:\w+_)?(?:MNEMONIC|SEED_PHRASE)$|^(?:ALLORA_(?:\w+_)?)?PRIVATE_KEY$/i;

/** `text` with every mnemonic and every 32-byte key in hex or base64 replaced by "[redacted]". */
export function redactSecrets(text: string): string {
  return (LONG_RUN.test(text) ? text.replace(MNEMONIC, "[redacted]") : text)
    .replace(HEX_KEY, "[redacted]")
    .replace(BASE64_KEY, "[redacted]");
}

/**
 * A shell command that writes what `pick` prints into a new file of mode 0600: the mnemonic's, or one
 * beside it for a private key, which the program does not sign with but which must not get lost.
 */
export function commandToKeep(secret: string, pick: string, mnemonicFile: string): string {
  const directory = mnemonicFile.replace(/[^/]*$/, "");
  const file = secret === "private key" ? `${directory}private_key` : mnemonicFile;
  const make = `mkdir -p ${shellQuote(directory || ".")}`;
  return `(umask 077; set -C; ${make} && ${pick} > ${shellQuote(file)})`;
}
