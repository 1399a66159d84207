import { SETTINGS } from "../../settings.ts";
import type { Command, Flag } from "../command.ts";
import { COMMANDS, COMMON_FLAGS } from "../table.ts";

/** What can be typed, with what a shell shows beside it. */
export interface Word {
  readonly text: string;
  readonly meaning: string;
}

/** A flag as a shell completes it. */
export interface CompletedFlag extends Word {
  /** What follows it: nothing, one of a few words, a file, or what only a person knows. */
  readonly value: "none" | readonly string[] | "file" | "any";
}

/** What may follow a command, or the first word of a group of commands. */
export interface Place {
  /** "", "wallet", "wallet new". */
  readonly after: string;
  readonly words: readonly Word[];
  readonly flags: readonly CompletedFlag[];
  readonly hasSettings: boolean;
}

/** Every setting as a flag. */
export const SETTING_FLAGS: readonly CompletedFlag[] = SETTINGS.map(({ flag, type, meaning }) => ({
  ...{ text: flag, meaning },
  value: type.choices ?? valueOf(type.word),
}));

/** Every place of the command line at which words can be completed. */
export function places(): readonly Place[] {
  const groups = new Set(COMMANDS.flatMap(({ name }) => name.split(" ").slice(0, -1)));
  const ofCommands = COMMANDS.map(placeOf);
  const others = ["", ...groups].filter((after) => COMMANDS.every(({ name }) => name !== after))
    .map((after) => ({ after, words: nextWords(after), flags: [], hasSettings: false }));
  return [...others, ...ofCommands];
}

function placeOf(command: Command): Place {
  const { name, flags, hasSettings, words = "" } = command;
  // "bash|zsh|fish" are words to type; "ARCHIVE" stands for something.
  const choices = words.includes("|") ? words.match(/\b[a-z][a-z-]*/g) ?? [] : [];
  return {
    after: name,
    words: [
      ...nextWords(name),
      ...choices.map((text) => ({ text, meaning: "" })),
      ...words.includes("COMMAND") ? nextWords("") : [],
    ],
    flags: [...flags, ...COMMON_FLAGS].map(completed),
    hasSettings,
  };
}

/** The words that lead from `after` to a command. */
function nextWords(after: string): Word[] {
  const prefix = after === "" ? "" : `${after} `;
  const words = new Map<string, string>();
  for (const { name, aliases = [], summary } of COMMANDS) {
    if (!name.startsWith(prefix)) continue;
    const [text = "", ...deeper] = name.slice(prefix.length).split(" ");
    if (deeper.length === 0) words.set(text, summary);
    else if (!words.has(text)) words.set(text, "a group of commands");
    for (const alias of prefix === "" ? aliases : []) words.set(alias, summary);
  }
  return [...words].map(([text, meaning]) => ({ text, meaning }));
}

function completed({ name, value, meaning }: Flag): CompletedFlag {
  return { text: name, meaning, value: value === undefined ? "none" : valueOf(value) };
}

function valueOf(word: string): "file" | "any" {
  return ["FILE", "DIR", "PATH"].includes(word) ? "file" : "any";
}

/** `text` for a shell, in single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The flags that want a value, each once, by how it is completed. */
export function valuedFlags(): readonly CompletedFlag[] {
  const flags = [...places().flatMap(({ flags }) => flags), ...SETTING_FLAGS];
  return [...new Map(flags.map((flag) => [flag.text, flag])).values()]
    .filter(({ value }) => value !== "none");
}
