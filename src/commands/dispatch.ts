import { parseArgs } from "@std/cli/parse-args";
import { PipelineError } from "../errors.ts";
import { closest } from "../host/terminal.ts";
import { secretIn } from "../settings/secret_shapes.ts";
import type { Command, Flag, Invocation } from "./command.ts";
import { COMMANDS, COMMON_FLAGS } from "./table.ts";
import type { Terminal } from "./terminal_io.ts";

/** Runs what was typed and returns the exit code. Throws "usage" for what no command understands. */
export async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  refuseMnemonic(argv);
  const words = byItsName(spellOut(argv));
  const fitting = COMMANDS.filter(({ name }) =>
    name.split(" ").every((word, place) => words[place] === word)
  );
  // "models rollback" is no "models" with a word behind it.
  const command = fitting.toSorted((a, b) => b.name.length - a.name.length)[0];
  if (command === undefined) throw unknownCommand(words);
  const invocation = await parse(command, words.slice(command.name.split(" ").length));
  if (invocation.switches.has("help")) {
    return await (await import("./help.ts")).help(
      { ...invocation, words: [command.name] },
      terminal,
    );
  }
  return await (await command.load())(invocation, terminal);
}

/** Words on the command line would be repeated by what is said of it, as by the list of processes. */
function refuseMnemonic(argv: readonly string[]): void {
  if (secretIn(argv.join(" ")) !== "mnemonic") return;
  throw new PipelineError(
    "usage",
    "Cannot read the command line: it holds a mnemonic, and every user can see it",
    { hint: "take it out of the shell's history, and paste it when wallet import asks" },
  );
}

function unknownCommand([verb = "", next]: readonly string[]): PipelineError {
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${verb} `));
  if (group.length === 0) {
    const names = COMMANDS.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
    return unknown("command", verb, names, "run allora-pipeline --help");
  }
  const ways = group.map(({ name }) => name).join(", ");
  const found = next === undefined ? verb : `${verb} ${next}`;
  return new PipelineError("usage", `Unknown command "${found}"`, { hint: `one of ${ways}` });
}

/** The usual short ways to ask for help and the version. */
function spellOut(argv: readonly string[]): readonly string[] {
  const [first, ...rest] = argv;
  if (first === undefined || first === "--help" || first === "-h") return ["help", ...rest];
  if (first === "--version" || first === "-V") return ["version", ...rest];
  const isGroup = COMMANDS.some(({ name }) => name.startsWith(`${first} `));
  if (isGroup && (rest[0] === "--help" || rest[0] === "-h")) return ["help", first];
  return argv;
}

/** A command that was called by an alias, by its name. */
function byItsName([verb, ...rest]: readonly string[]): readonly string[] {
  const command = COMMANDS.find(({ aliases }) => verb !== undefined && aliases?.includes(verb));
  return verb === undefined ? [] : [command?.name ?? verb, ...rest];
}

async function parse(command: Command, argv: readonly string[]): Promise<Invocation> {
  const flags: Flag[] = [...command.flags, ...COMMON_FLAGS];
  if (command.hasSettings) {
    const { SETTINGS } = await import("../settings.ts");
    flags.push(
      ...SETTINGS.map(({ flag, type, meaning }) => ({ name: flag, value: type.word, meaning })),
    );
  }
  const names = flags.map(({ name }) => `--${name}`);
  const help = `run allora-pipeline ${command.name} --help`;
  const withValue = flags.filter(({ value }) => value !== undefined).map(({ name }) => name);
  const switches = flags.filter(({ value }) => value === undefined).map(({ name }) => name);
  const parsed = parseArgs([...argv], {
    string: withValue,
    boolean: switches,
    alias: Object.fromEntries(flags.flatMap(({ name, short }) => short ? [[name, short]] : [])),
    collect: withValue,
    unknown: (text, key) => {
      if (key !== undefined) throw unknown("flag", text.split("=")[0] ?? text, names, help);
      return undefined;
    },
  }) as Readonly<Record<string, unknown>>;

  const values: Record<string, string> = {};
  for (const name of withValue) {
    const given = (parsed[name] as readonly string[] | undefined) ?? [];
    const [value, again] = given;
    if (again !== undefined) {
      throw new PipelineError("usage", `Cannot read --${name}: it is given more than once`, {
        hint: help,
      });
    }
    if (value === "") {
      throw new PipelineError("usage", `Cannot read --${name}: it has no value`, { hint: help });
    }
    if (value !== undefined) values[name] = value;
  }
  const words = (parsed["_"] as readonly unknown[]).map(String);
  if (words.length > 0 && command.words === undefined) {
    throw new PipelineError(
      "usage",
      `Cannot read "${words[0]}": ${command.name} takes flags only`,
      {
        hint: help,
      },
    );
  }
  const on = new Set(switches.filter((name) => parsed[name] === true));
  return { values, switches: on, words, json: on.has("json") };
}

function unknown(
  kind: "command" | "flag",
  found: string,
  names: readonly string[],
  help: string,
): PipelineError {
  const meant = closest(found, names);
  const question = meant === undefined ? "" : `; did you mean ${meant}?`;
  return new PipelineError("usage", `Unknown ${kind} "${found}"${question}`, { hint: help });
}
