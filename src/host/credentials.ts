import { PipelineError } from "../errors.ts";
import { fileError, shellQuote } from "../settings/file_error.ts";
import { createAtomically } from "./atomic_file.ts";

/** Word counts that BIP-39 knows. */
const WORD_COUNTS = [12, 15, 18, 21, 24];

/** Longer than 24 words of any list can be. */
const MAX_BYTES = 1024;

/**
 * The mnemonic in a file, its words separated by single spaces. The file's mode must be 0600 or
 * narrower, unless systemd keeps it in `credentialsDir`. Throws PipelineError "config" or "denied" with
 * the command that cures it; no message holds a word of the file. Whether the words are a valid mnemonic
 * is for the chain room to say.
 */
export async function readMnemonic(path: string, credentialsDir?: string): Promise<string> {
  const file = shellQuote(path);
  const refuse = (found: string, hint: string, kind: "config" | "denied" = "config"): never => {
    throw new PipelineError(kind, `Cannot use the mnemonic in ${path}: ${found}`, { hint });
  };
  let bytes: Uint8Array;
  try {
    const { isFile, isDirectory, size, mode } = await Deno.stat(path);
    if (!isFile) {
      refuse(
        `it is ${isDirectory ? "a directory" : "not a file"}`,
        `Name the file: ALLORA_MNEMONIC_FILE`,
      );
    }
    const isSystemds = credentialsDir !== undefined && path.startsWith(`${credentialsDir}/`);
    if (mode !== null && (mode & 0o177) !== 0 && !isSystemds) {
      const octal = (mode & 0o777).toString(8).padStart(4, "0");
      refuse(`its mode is ${octal}, wider than 0600`, `Run: chmod 600 ${file}`, "denied");
    }
    if (size > MAX_BYTES) refuse(`it is ${size} bytes long`, `Keep the words alone in ${file}`);
    bytes = await Deno.readFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) {
      const directory = shellQuote(path.replace(/\/[^/]*$/, "") || "/");
      refuse(
        "it is missing",
        `Paste the words and end with Ctrl-D: (umask 077; mkdir -p ${directory} && cat > ${file})`,
      );
    }
    throw fileError("read", path, thrown);
  }
  const words = text(bytes).normalize("NFKD").trim().toLowerCase().split(/\s+/);
  if (words[0] === "") refuse("it is empty", `Paste the words and end with Ctrl-D: cat > ${file}`);
  if (!WORD_COUNTS.includes(words.length)) {
    refuse(
      `it has ${words.length} words, not 12, 15, 18, 21 or 24`,
      `Keep the words alone in ${file}`,
    );
  }
  return words.join(" ");

  function text(bytes: Uint8Array): string {
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return refuse("it is not UTF-8 text", `Keep the words alone in ${file}`);
    }
  }
}

/**
 * Writes a mnemonic into a new file of mode 0600. Throws "config" when something of that name is there:
 * a wallet is never written over.
 */
export function writeMnemonic(path: string, mnemonic: string): void {
  if (!createAtomically(path, `${mnemonic}\n`, { mode: 0o600 })) throw occupied(path);
}

/** Throws as writeMnemonic() would, before anybody has to type words that could not be kept. */
export function checkVacant(path: string): void {
  try {
    Deno.lstatSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return;
    throw fileError("write", path, thrown);
  }
  throw occupied(path);
}

function occupied(path: string): PipelineError {
  return new PipelineError("config", `Cannot write the mnemonic to ${path}: it is there already`, {
    hint: "a wallet is never written over: name another file with ALLORA_MNEMONIC_FILE",
  });
}

/**
 * 16 hex digits that tell wallets apart and tell nothing about the mnemonic, so that an address can be
 * remembered for it without deriving keys again.
 */
export async function fingerprint(mnemonic: string): Promise<string> {
  // The prefix keeps this from being a plain SHA-256 that something else may also publish.
  const text = new TextEncoder().encode(`allora-pipeline wallet fingerprint 1\n${mnemonic}`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", text)).slice(0, 8).toHex();
}
