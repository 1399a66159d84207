import { resolve } from "node:path";

/** How the text of a setting becomes a value. */
export interface SettingType<T> {
  /** What --help calls the value: DURATION, URL. */
  readonly word: string;
  /** What is allowed, to complete "allowed is …". */
  readonly allowed: string;
  /** Unit of the value in the program. */
  readonly unit?: string;
  /** The only values allowed, for completions. */
  readonly choices?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  /** The value, or undefined when the text is not allowed; paths are taken from `cwd`. */
  parse(text: string, cwd: string): T | undefined;
}

/** A decimal number in [min, max]. */
export function number(min: number, max: number): SettingType<number> {
  return {
    word: "NUMBER",
    allowed: `a number from ${min} to ${max}`,
    min,
    max,
    parse: (text) => /^\d+(\.\d+)?$/.test(text) ? within(Number(text), min, max) : undefined,
  };
}

/** A whole number in [min, max]. */
export function count(min: number, max: number): SettingType<number> {
  return {
    ...number(min, max),
    allowed: `a whole number from ${min} to ${max}`,
    parse: (text) => /^\d+$/.test(text) ? within(Number(text), min, max) : undefined,
  };
}

/** Milliseconds of "500ms", "90s", "4m", "24h" or "7d", which must lie in [shortest, longest]. */
export function duration(shortest: string, longest: string): SettingType<number> {
  const min = milliseconds(shortest) ?? 0, max = milliseconds(longest) ?? 0;
  return {
    word: "DURATION",
    allowed: `a duration from ${shortest} to ${longest}, written like 500ms, 90s, 4m, 24h or 7d`,
    unit: "milliseconds",
    min,
    max,
    parse: (text) => within(milliseconds(text), min, max),
  };
}

/** Milliseconds of one of a few durations. */
export function durationOf(...choices: string[]): SettingType<number> {
  return {
    ...choice(...choices),
    word: "DURATION",
    unit: "milliseconds",
    parse: (text) => choices.includes(text) ? milliseconds(text) : undefined,
  };
}

/** The uallo of an exact decimal amount of ALLO, which has 18 decimals. */
export const allo: SettingType<bigint> = {
  word: "ALLO",
  allowed: "an amount of ALLO such as 0.5, with at most 18 decimals",
  unit: "uallo",
  parse: (text) => {
    const [, whole, decimals = ""] = /^(\d{1,9})(?:\.(\d{1,18}))?$/.exec(text) ?? [];
    return whole === undefined ? undefined : BigInt(whole + decimals.padEnd(18, "0"));
  },
};

/** One of a few words. */
export function choice<const Word extends string>(...words: Word[]): SettingType<Word> {
  return {
    word: words.length > 2 ? "WORD" : words.join("|"),
    allowed: `one of ${words.join(", ")}`,
    choices: words,
    parse: (text) => words.find((word) => word === text),
  };
}

export const yesNo: SettingType<boolean> = {
  ...choice("yes", "no"),
  parse: (text) => text === "yes" ? true : text === "no" ? false : undefined,
};

/** Text of a fixed shape. */
export function shape(word: string, pattern: RegExp, allowed: string): SettingType<string> {
  return { word, allowed, parse: (text) => pattern.test(text) ? text : undefined };
}

/** A base URL; its trailing slashes are dropped, so that a path can be put behind it. */
export const url: SettingType<string> = {
  word: "URL",
  allowed: "an http or https URL without user name, password or query",
  parse: (text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    if (!parsed || !/^https?:\/\//i.test(text)) return undefined;
    if (parsed.username || parsed.password || parsed.search || parsed.hash) return undefined;
    return parsed.href.replace(/\/+$/, "");
  },
};

/** An absolute path. */
export const path: SettingType<string> = {
  word: "PATH",
  allowed: "a path, in which ~ is not expanded",
  parse: (text, cwd) => text.startsWith("~") ? undefined : resolve(cwd, text),
};

/** An absolute path of a file that node_exporter's textfile collector reads: of no other name. */
export const promFile: SettingType<string> = {
  ...path,
  allowed: "a path that ends in .prom, in which ~ is not expanded",
  parse: (text, cwd) => text.endsWith(".prom") ? path.parse(text, cwd) : undefined,
};

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\]):(\d{1,5})$/;

/** Where to listen, for this machine only. */
export const loopback: SettingType<string> = {
  word: "ADDRESS",
  allowed: "a loopback address and a port, such as 127.0.0.1:9477",
  parse: (text) => Number(LOOPBACK.exec(text)?.[1] ?? Infinity) <= 65_535 ? text : undefined,
};

/** One or more different values, comma separated; exactly `count` of them when given. */
export function list<T>(item: SettingType<T>, count?: number): SettingType<readonly T[]> {
  return {
    word: `${item.word},…`,
    allowed: `${count ?? "one or more"} different, comma separated, each ${item.allowed}`,
    parse: (text, cwd) => {
      const words = text.split(",").map((word) => word.trim());
      if (new Set(words).size !== words.length) return undefined;
      if (count !== undefined && words.length !== count) return undefined;
      const values = words.map((word) => word === "" ? undefined : item.parse(word, cwd));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

function milliseconds(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  const factor = UNITS[unit];
  return factor === undefined ? undefined : Number(amount) * factor;
}

function within(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}
