import { PipelineError } from "../errors.ts";
import { closest, paint, table } from "../host/terminal.ts";
import { versionLine, versionParts } from "../version.ts";
import type { Command, Flag, Handler } from "./command.ts";
import { EXIT_CODE_MEANINGS } from "./exit_codes.ts";
import { COMMANDS, COMMON_FLAGS } from "./table.ts";

export const version: Handler = ({ json }, terminal) => {
  terminal.out(`${json ? JSON.stringify(versionParts()) : versionLine()}\n`);
  return Promise.resolve(0);
};

/** The overview, one command's page, or a help topic. */
export const help: Handler = async ({ words }, terminal) => {
  const word = words.length === 0 ? undefined : words.join(" ");
  const bold = (text: string) => paint(text, "bold", terminal.outColour);
  const command = COMMANDS.find(({ name, aliases = [] }) =>
    [name, ...aliases].includes(word ?? "")
  );
  const group = COMMANDS.filter(({ name }) => name.startsWith(`${word} `));
  if (word === undefined) terminal.out(overview(bold));
  else if (command !== undefined) terminal.out(await page(command, bold));
  else if (group.length > 0) terminal.out(`${summaries(group)}\n`);
  else if (word === "exit-codes") terminal.out(exitCodes());
  else if (word === "model") terminal.out((await import("./help_model.ts")).modelHelp());
  else if (word === "journal") terminal.out((await import("./help_journal.ts")).journalHelp());
  else if (word === "catalog") terminal.out((await import("../logs/catalog.ts")).catalog());
  else if (word === "man") terminal.out((await import("./help_man.ts")).manPage());
  else if (word === "settings") terminal.out((await import("../settings.ts")).settingsHelp());
  else if (word === "env-file") terminal.out((await import("../settings.ts")).envExample());
  else if (word === "topic-file") {
    terminal.out((await import("../settings.ts")).envExample("topic"));
  } else {
    const meant = closest(word, [...COMMANDS.map(({ name }) => name), ...TOPICS]);
    const question = meant === undefined ? "" : `; did you mean ${meant}?`;
    throw new PipelineError("usage", `There is no help on "${word}"${question}`, {
      hint: "run allora-pipeline help",
    });
  }
  return 0;
};

const TOPICS = [
  "settings",
  "env-file",
  "topic-file",
  "model",
  "journal",
  "catalog",
  "man",
  "exit-codes",
];

type Bold = (text: string) => string;

function overview(bold: Bold): string {
  return `${bold("allora-pipeline")}: every epoch of every topic gets exactly one good prediction

${bold("Usage")}: allora-pipeline COMMAND [FLAGS]

${summaries(COMMANDS)}

Each command has its own --help. Settings: allora-pipeline help settings.
`;
}

const aliasesOf = ({ aliases = [] }: Command) =>
  aliases.map((alias) => `\nAlso as: allora-pipeline ${alias}`).join("");

function summaries(commands: readonly Command[]): string {
  return table(commands.map(({ name, summary }) => [`  ${name}`, summary]));
}

async function page(command: Command, bold: Bold): Promise<string> {
  const usage = `allora-pipeline ${command.name} ${command.words ?? "[FLAGS]"}`;
  const text = `${bold(command.name)}: ${command.summary}

${bold("Usage")}: ${usage}${aliasesOf(command)}

${folded(command.about)}

${rowsOf([...command.flags, ...COMMON_FLAGS])}
${await command.notes?.() ?? ""}`;
  if (!command.hasSettings) return text;
  const { SETTINGS } = await import("../settings.ts");
  const flags = SETTINGS.map(({ flag, type, meaning }) => ({
    name: flag,
    value: type.word,
    meaning,
  }));
  return `${text}\nEvery setting can be given as a flag:\n\n${rowsOf(flags)}\n`;
}

function rowsOf(flags: readonly Flag[]): string {
  return table(flags.map(({ name, short, value, meaning }) => [
    `  --${name}${short === undefined ? "" : `, -${short}`}${
      value === undefined ? "" : ` ${value}`
    }`,
    meaning,
  ]));
}

function folded(text: string): string {
  return text.replace(/(.{1,88})(?: |$)/g, "$1\n").trimEnd();
}

function exitCodes(): string {
  const rows = EXIT_CODE_MEANINGS.map((
    [code, meaning],
  ) => [`  ${String(code).padStart(2)}`, meaning]);
  return `Exit codes (sysexits.h); of several topics the first in this order:\n\n${
    table(rows)
  }\n\n` +
    "health exits as monitoring plugins do: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.\n";
}
