import { parse } from "@std/dotenv";
import { PipelineError } from "../errors.ts";
import { closestName } from "./closest.ts";
import { misspelling, nameOf } from "./env_line.ts";
import { fileError, shellQuote } from "./file_error.ts";
import { commandToKeep, SECRET_NAME, secretIn } from "./secret_shapes.ts";

/** A value and the line that holds it. */
export interface EnvValue {
  readonly text: string;
  readonly line: number;
}

/** What an env file is read for. */
export interface EnvFileOptions {
  /** How messages call the file. */
  readonly shown: string;
  /** Names that may be set in it. */
  readonly known: readonly string[];
  /** Names that are settings but belong into another file. */
  readonly foreign: readonly string[];
  /** Where a mnemonic found in it should go. */
  readonly mnemonicFile: string;
}

/** Far more than any settings need; a larger file is something else. */
const MAX_BYTES = 1 << 20;

/**
 * The values of an env file by name, empty when there is no such file. Other programs' variables may
 * stand in it, but every line must be one that docker run --env-file, systemd's EnvironmentFile= and
 * dotenv read alike. Throws PipelineError "config" naming file and line, "denied" when unreadable.
 */
export function readEnvFile(path: string, options: EnvFileOptions): ReadonlyMap<string, EnvValue> {
  const text = readText(path, options.shown);
  const lines = new Map<string, number>();
  for (const [index, line] of text.split("\n").entries()) {
    const refuse = (found: string, hint: string): never => {
      const message = `Cannot read ${options.shown}:${index + 1}: ${found}`;
      throw new PipelineError("config", message, { hint });
    };
    const secret = secretOn(line);
    if (secret) {
      refuse(
        `it holds a ${secret}, which is never a setting`,
        howToMove(secret, index + 1, options),
      );
    }
    const wrong = misspelling(
      line,
      shellQuote(options.shown),
      (name) => options.known.includes(name),
    );
    if (wrong) refuse(wrong.found, wrong.hint);
    const name = nameOf(line);
    if (name === undefined) continue;
    checkName(name, options, refuse);
    const earlier = lines.get(name);
    if (earlier) refuse(`${name} is already set in line ${earlier}`, "Keep one of the two lines");
    lines.set(name, index + 1);
  }
  const values = parse(text);
  return new Map([...lines].map(([name, line]) => [name, { text: values[name] ?? "", line }]));
}

function readText(path: string, shown: string): string {
  let bytes: Uint8Array;
  try {
    const { isFile, isDirectory, size } = Deno.statSync(path);
    if (!isFile || size > MAX_BYTES) {
      const found = isDirectory ? "a directory" : isFile ? `${size} bytes long` : "not a file";
      throw new PipelineError("config", `Cannot read ${shown}: it is ${found}`, {
        hint: "Put the settings into a text file of this name, one NAME=value a line",
      });
    }
    bytes = Deno.readFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return "";
    throw fileError("read", shown, thrown);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new PipelineError("config", `Cannot read ${shown}: it is not UTF-8 text`, {
      cause,
      hint: `Find the bytes: grep -naxv '.*' ${shellQuote(shown)}`,
    });
  }
}

/** The kind of secret on a line, however it is spelt, and in a comment too. */
function secretOn(line: string): string | undefined {
  const [, name = "", value = line] = /^[#\s]*(?:export\s+)?(\w+)\s*=(.*)$/s.exec(line) ?? [];
  const bare = value.replace(/^[#\s]+/, "").replace(/\s+#.*$/s, "").replace(/^["']|["']\s*$/g, "");
  return secretIn(bare) ?? (bare.trim() && SECRET_NAME.test(name) ? "secret" : undefined);
}

/** The shell command that takes a line's value out of the file. */
function howToMove(secret: string, line: number, { shown, mnemonicFile }: EnvFileOptions): string {
  const file = shellQuote(shown);
  const pick = `sed -n '${line}{s/^[^=]*=//;s/^[# ]*//;s/#.*//;p}' ${file} | tr -d "\\"'\\r"`;
  return `Move it: ${commandToKeep(secret, pick, mnemonicFile)} && sed -i ${line}d ${file}`;
}

function checkName(
  name: string,
  { known, foreign }: EnvFileOptions,
  refuse: (found: string, hint: string) => never,
): void {
  if (known.includes(name) || !/^allora_/i.test(name)) return;
  if (foreign.includes(name)) {
    refuse(`${name} is not a topic's setting`, "Move it to the global file");
  }
  const meant = closestName(name, known);
  refuse(
    `${name} is not a setting`,
    meant ? `Did you mean ${meant}?` : "allora-pipeline --help lists the settings",
  );
}
