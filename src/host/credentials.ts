import { PipelineError } from "../errors.ts";
import { fileError, rootFor, shellQuote } from "../settings/file_error.ts";
import { createAtomically } from "./atomic_file.ts";

/** Word counts that BIP-39 knows. */
const WORD_COUNTS = [12, 15, 18, 21, 24];

/** Longer than 24 words of any list, or any venue's key, can be. */
const MAX_BYTES = 1024;

/** What a secret file is read for, in the words of its messages. */
interface Secret {
  /** "mnemonic", "key of atlas". */
  readonly name: string;
  /** What a person pastes: "words", "key". */
  readonly content: string;
  /** The setting that names the file. */
  readonly setting: string;
}

/**
 * The mnemonic in a file, its words separated by single spaces. The file's mode must be 0600 or
 * narrower, unless systemd keeps it in `credentialsDir`. Throws PipelineError "config" or "denied" with
 * the command that cures it; no message holds a word of the file. Whether the words are a valid mnemonic
 * is for the chain room to say.
 */
export async function readMnemonic(path: string, credentialsDir?: string): Promise<string> {
  const secret = { name: "mnemonic", content: "words", setting: "ALLORA_MNEMONIC_FILE" };
  const text = await readSecret(path, secret, credentialsDir);
  const words = text.normalize("NFKD").toLowerCase().split(/\s+/);
  if (!WORD_COUNTS.includes(words.length)) {
    throw new PipelineError(
      "config",
      `Cannot use the mnemonic in ${path}: it has ${words.length} words, not 12, 15, 18, 21 or 24`,
      { hint: `Keep the words alone in ${shellQuote(path)}` },
    );
  }
  return words.join(" ");
}

/** The key of a venue in a file, as readMnemonic() reads; `setting` names the file. */
export async function readVenueKey(
  path: string,
  venue: string,
  setting: string,
  credentialsDir?: string,
): Promise<string> {
  const key = await readSecret(
    path,
    { name: `key of ${venue}`, content: "key", setting },
    credentialsDir,
  );
  if (isVenueKey(key)) return key;
  throw new PipelineError(
    "config",
    `Cannot use the key of ${venue} in ${path}: it is not one word of 8 or more ASCII characters`,
    { hint: `Keep the key alone in ${shellQuote(path)}` },
  );
}

/** Anything else does not fit into a header, and an error about the header would show it. */
export const isVenueKey = (text: string): boolean => /^[!-~]{8,}$/.test(text);

/**
 * The URL of a channel in a file, as readMnemonic() reads; `setting` names the file. It is a secret, and in
 * no error. Throws "config" for what is no https URL, or an http URL on this machine.
 */
export async function readSecretUrl(
  path: string,
  channel: string,
  setting: string,
  credentialsDir?: string,
): Promise<string> {
  const secret = { name: `URL of ${channel}`, content: "URL", setting };
  const text = await readSecret(path, secret, credentialsDir);
  if (isSecretUrl(text)) return text;
  throw new PipelineError(
    "config",
    `Cannot use the URL of ${channel} in ${path}: it is not one https URL`,
    { hint: `Keep the URL alone in ${shellQuote(path)}` },
  );
}

/** Whether `text` is one https URL, or an http URL on this machine. */
export function isSecretUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url?.hostname ?? "");
  const isSound = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback);
  return isSound && !/\s/.test(text);
}

/** The password of the mail server, as readMnemonic() reads. */
export async function readPassword(path: string, credentialsDir?: string): Promise<string> {
  const secret = { name: "mail password", content: "password" };
  return await readSecret(
    path,
    { ...secret, setting: "ALLORA_SMTP_PASSWORD_FILE" },
    credentialsDir,
  );
}

/** The text of a secret file without the space around it. */
async function readSecret(
  path: string,
  { name, content, setting }: Secret,
  credentialsDir: string | undefined,
): Promise<string> {
  const file = shellQuote(path);
  const refuse = (found: string, hint: string, kind: "config" | "denied" = "config"): never => {
    throw new PipelineError(kind, `Cannot use the ${name} in ${path}: ${found}`, { hint });
  };
  let bytes: Uint8Array;
  try {
    const { isFile, isDirectory, size, mode } = await Deno.stat(path);
    if (!isFile) {
      refuse(`it is ${isDirectory ? "a directory" : "not a file"}`, `Name the file: ${setting}`);
    }
    const isSystemds = credentialsDir !== undefined && path.startsWith(`${credentialsDir}/`);
    if (mode !== null && (mode & 0o177) !== 0 && !isSystemds) {
      const octal = (mode & 0o777).toString(8).padStart(4, "0");
      refuse(
        `its mode is ${octal}, wider than 0600`,
        `Run: ${rootFor(path)}chmod 600 ${file}`,
        "denied",
      );
    }
    if (size > MAX_BYTES) {
      refuse(`it is ${size} bytes long`, `Keep the ${content} alone in ${file}`);
    }
    bytes = await Deno.readFile(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) {
      const directory = shellQuote(path.replace(/\/[^/]*$/, "") || "/");
      refuse(
        "it is missing",
        `Paste the ${content} and end with Ctrl-D: ` +
          (rootFor(path) === ""
            ? `(umask 077; mkdir -p ${directory} && cat > ${file})`
            : `sudo install -m 0600 /dev/stdin ${file}`),
      );
    }
    throw fileError("read", path, thrown);
  }
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes).trim();
  } catch {
    refuse("it is not UTF-8 text", `Keep the ${content} alone in ${file}`);
  }
  return text ||
    refuse(
      "it is empty",
      `Paste the ${content} and end with Ctrl-D: ${
        rootFor(path) === "" ? "cat >" : "sudo tee"
      } ${file}`,
    );
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
