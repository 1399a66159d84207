import { SETTINGS } from "../settings.ts";
import type { Command, Flag } from "./command.ts";
import { EXIT_CODE_MEANINGS } from "./exit_codes.ts";
import { JOURNAL_QUERIES } from "./help_journal.ts";
import { COMMANDS, COMMON_FLAGS } from "./table.ts";

/** The manual page allora-pipeline(1), in roff's man macros. */
export function manPage(): string {
  const settings = (scope: "global" | "topic") =>
    SETTINGS.filter((setting) => setting.scope === scope).map((
      { name, flag, type, meaning, ...of },
    ) =>
      item(
        `${bold(`--${flag}`)} ${italic(type.word)}, ${bold(name)}`,
        [`${meaning}.`, of.default ?? of.located].filter(Boolean).join(" Default: "),
      )
    );
  return `${
    [
      // No date: the same program prints the same page.
      `.TH ALLORA\\-PIPELINE 1 "" "allora\\-pipeline" "User Commands"`,
      ...section(
        "NAME",
        "allora\\-pipeline \\- predict for topics of the Allora network, exactly once",
      ),
      ...section(
        "SYNOPSIS",
        `${bold("allora-pipeline")} ${italic("COMMAND")} [${italic("FLAGS")}]`,
      ),
      ...section(
        "DESCRIPTION",
        escaped(
          "Fetches market data, predicts, checks the prediction, signs it, sends it exactly once, and " +
            "proves from the chain that it counted. One visit is submit, made by a timer; daemon stays.",
        ),
      ),
      ...section("COMMANDS", ...COMMANDS.map(commandText)),
      ".SS Flags of every command",
      ...COMMON_FLAGS.map(flagItem),
      ...section(
        "SETTINGS",
        escaped("Given as a flag, in the topic's file, in the environment, or in the global file."),
        ...settings("global"),
        ".SS Settings of a topic",
        ...settings("topic"),
      ),
      ...section("FILES", ...FILES.map(([path, meaning]) => item(italic(path), meaning))),
      ...section(
        "EXIT STATUS",
        ...EXIT_CODE_MEANINGS.map(([code, meaning]) => item(bold(String(code)), meaning)),
      ),
      ...section(
        "JOURNAL",
        ...JOURNAL_QUERIES.map(({ query, meaning }) => item(bold(query), meaning)),
      ),
      ...section("SEE ALSO", ".BR journalctl (1),", ".BR systemd.timer (5)"),
    ].join("\n")
  }\n`;
}

const FILES = [
  ["/etc/allora-pipeline/allora-pipeline.env", "settings"],
  ["/etc/allora-pipeline/topics/N.env", "settings of topic N, which is on while the file exists"],
  ["/etc/allora-pipeline/mnemonic", "the wallet's words, mode 0600, or a credential of systemd"],
  ["/var/lib/allora-pipeline", "the ledger, candles and models"],
  ["/var/log/allora-pipeline/submission.log", "what happened, an object of JSON a line"],
] as const;

function section(title: string, ...lines: readonly string[]): string[] {
  return [`.SH ${title}`, ...lines];
}

function commandText(command: Command): string {
  const { name, aliases = [], words, summary, about, flags } = command;
  const also = aliases.length === 0 ? "" : ` Also called ${aliases.join(", ")}.`;
  return [
    `.SS ${[name, ...words === undefined ? [] : [words]].map(escaped).join(" ")}`,
    escaped(`${summary[0]?.toUpperCase()}${summary.slice(1)}. ${about}${also}`),
    ...flags.map(flagItem),
  ].join("\n");
}

function flagItem({ name, value, meaning }: Flag): string {
  return item(`${bold(`--${name}`)}${value === undefined ? "" : ` ${italic(value)}`}`, meaning);
}

/** A paragraph with a term above it; the term is roff already. */
function item(term: string, text: string): string {
  return `.TP\n${term}\n${escaped(text)}`;
}

const bold = (text: string) => `\\fB${escaped(text)}\\fR`;
const italic = (text: string) => `\\fI${escaped(text)}\\fR`;

/** Text as roff prints it: no control line, no escape, and hyphens that can be copied. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/, "\\&$1")
    .replaceAll("…", "\\&...").replaceAll("–", "\\(en");
}
