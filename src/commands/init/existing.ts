import { resolve } from "node:path";
import { PipelineError } from "../../errors.ts";
import { type EnvValue, readEnvFile } from "../../settings/env_file.ts";
import { misspelling } from "../../settings/env_line.ts";
import { shellQuote } from "../../settings/file_error.ts";
import { refusal } from "../../settings/resolve.ts";
import {
  loadSettings,
  locate,
  type Place,
  type Setting,
  SETTINGS,
  type Settings,
} from "../../settings.ts";
import type { Invocation } from "../command.ts";
import type { Terminal } from "../terminal_io.ts";

/** What a person has set already, which init never changes. */
export interface Existing {
  readonly place: Place;
  readonly settings: Settings;
  /** The global file's settings, those with a value. */
  readonly file: ReadonlyMap<string, EnvValue>;
  /** Where else than by default a setting has a value, and which: the environment wins. */
  setAt(name: string): readonly { readonly where: string; readonly text: string }[];
  /** Topics whose files are there, usable or not. */
  readonly topicIds: readonly bigint[];
  /** The absolute path in a setting that is a path. */
  pathOf(name: string): string;
  /** A path as a person would write it from where they are. */
  shown(path: string): string;
}

/** A flag that asks for something else than what is set. */
export interface Conflict {
  readonly flag: string;
  readonly message: string;
  /** The flag's value that keeps what is there; undefined: leave it out. */
  readonly keep?: string;
}

const TOPIC_FLAGS = new Set(
  SETTINGS.filter(({ scope }) => scope === "topic").map(({ flag }) => flag),
);

/** Reads what is there. Throws as loadSettings() does; "usage" for a setting's flag that is not allowed. */
export function existingOf({ values }: Invocation, { env, cwd }: Terminal): Existing {
  const place = locate(env, cwd, "/");
  // For what is wrong with a flag, or is a secret in one; a topic's are for the new topics alone.
  const flags = Object.entries(values).filter(([flag]) => !TOPIC_FLAGS.has(flag));
  loadSettings({ flags: Object.fromEntries(flags), env, cwd });
  const settings = loadSettings({ flags: {}, env, cwd });
  const shown = (path: string) => path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
  const all = readEnvFile(place.globalFile, {
    ...{ shown: shown(place.globalFile), known: SETTINGS.map(({ name }) => name), foreign: [] },
    mnemonicFile: place.mnemonicHome,
  });
  const file = new Map([...all].filter(([, { text }]) => text !== ""));
  return {
    ...{ place, settings, file, shown },
    setAt(name) {
      const [given, line] = [env[name], file.get(name)];
      return [
        ...given ? [{ where: "the environment", text: given }] : [],
        ...line ? [{ where: `${shown(place.globalFile)}:${line.line}`, text: line.text }] : [],
      ];
    },
    topicIds: [...settings.topics, ...settings.broken].flatMap(({ topicId }) => topicId ?? []),
    pathOf: (name) => resolve(cwd, settings.texts.get(name) ?? ""),
  };
}

/** Settings that are asked for topic by topic; other settings of topics are for all in the global file. */
const OF_ONE_TOPIC = [
  "ALLORA_TARGET",
  "ALLORA_PAIR",
  "ALLORA_HORIZON",
  "ALLORA_INTERVAL",
  "ALLORA_LABELS",
];

/** The settings' flags that go into the global file, by the setting's name. Throws "usage" for a value that is not allowed. */
export function globalFlags({ values }: Invocation, cwd: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const setting of SETTINGS) {
    const text = values[setting.flag];
    if (text === undefined) continue;
    checkValue(setting, text, `--${setting.flag}`, cwd);
    if (setting.secret === undefined && !OF_ONE_TOPIC.includes(setting.name)) {
      found.set(setting.name, text);
    }
  }
  return found;
}

/** Throws "usage" for a value that is not the setting's, or that env files' readers would read differently. */
export function checkValue(
  { name, type }: Setting,
  text: string,
  where: string,
  cwd: string,
): void {
  if (type.parse(text, cwd) === undefined) throw refusal(name, { text, where }, type.allowed);
  const wrong = misspelling(`${name}=${text}`, "the file", () => true);
  if (wrong === undefined) return;
  throw new PipelineError("usage", `Cannot use ${where}: ${wrong.found}`, { hint: wrong.hint });
}

/** The parser of a question that is a setting. */
export function settingParser(name: string, cwd: string): (text: string) => string {
  return (text) => {
    const setting = SETTINGS.find((each) => each.name === name);
    if (setting === undefined) throw new PipelineError("internal", `No setting is called ${name}`);
    checkValue(setting, text, `--${setting.flag}`, cwd);
    return text;
  };
}

/** Throws "config" with the command that changes nothing of what is set. */
export function refuseConflicts(conflicts: readonly Conflict[], invocation: Invocation): void {
  if (conflicts.length === 0) return;
  const kept: Record<string, string | undefined> = { ...invocation.values };
  for (const { flag, keep } of conflicts) kept[flag] = keep;
  const flags = Object.entries(kept).flatMap(([name, value]) =>
    value === undefined ? [] : `--${name} ${shellQuote(value)}`
  );
  const switches = [...invocation.switches].map((name) => `--${name}`);
  const command = ["allora-pipeline init", ...flags, ...switches].join(" ");
  throw new PipelineError("config", conflicts.map(({ message }) => message).join("; "), {
    hint: `to keep what is set: ${command}`,
  });
}

/** Where `wanted` differs from what is set; `flagOf` tells which flag a setting came from. */
export function conflictsIn(
  { setAt }: Existing,
  wanted: ReadonlyMap<string, string>,
  flagOf: (name: string) => string,
): readonly Conflict[] {
  return [...wanted].flatMap(([name, text]) =>
    setAt(name).filter((set) => set.text !== text).map((set) => ({
      flag: flagOf(name),
      message: `Cannot set ${name} to ${text}: ${set.where} says ${set.text}`,
    }))
  );
}
