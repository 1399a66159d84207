import { dispatch } from "../../src/commands/dispatch.ts";
import { COMMANDS } from "../../src/commands/table.ts";
import { processTerminal, type Terminal } from "../../src/commands/terminal_io.ts";
import { type EventName, EVENTS } from "../../src/events.ts";
import { REMEDIES } from "../../src/logs/remedies.ts";

const root = new URL("../..", import.meta.url);

/** A file of the project, by its path from the root. */
export const fileText = (path: string) => Deno.readTextFile(new URL(path, root));

/** The commands of a page: the lines of its sh blocks, and those between backquotes. */
export interface Commands {
  /** In the order of the page, each once. */
  readonly fenced: readonly string[];
  readonly inline: readonly string[];
}

const PROGRAM = "allora-pipeline";

/** Throws for a block of commands that is not marked as sh. */
export function commandsOf(page: string): Commands {
  const blocks = [...page.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  const unmarked = blocks.find(([, kind, text]) =>
    kind === "" && /^(\.\/)?allora-pipeline [a-z]/m.test(text!)
  );
  if (unmarked !== undefined) throw new Error(`a block of commands is not marked sh: ${unmarked}`);
  const fenced = blocks.filter(([, kind]) => kind === "sh").flatMap(([, , text]) =>
    text!.split("\n").map((line) => line.replace(/(^|\s+)# .*$/, "")).filter((line) => line !== "")
  );
  const prose = page.replace(/^```.*?^```$/gms, "");
  const quoted = [...prose.matchAll(/`([^`]+)`/g)].map(([, text]) => text!.replace(/\s+/g, " "));
  return {
    fenced: [...new Set(fenced)],
    inline: [...new Set(quoted.filter((text) => isCommand(text)))],
  };
}

/** More than the name of a unit, a file or a service. */
function isCommand(text: string): boolean {
  return text.includes(" ") && /^(sudo |allora-pipeline |systemctl |journalctl |make )/.test(text);
}

/** The arguments of each call of the program in a command, as a shell would hand them over. */
function callsIn(command: string): readonly (readonly string[])[] {
  return command.split(/\s*(?:\||&&|;)\s*/).flatMap((part) => {
    const words = (part.replace(/\s*(?:[12]?>|>>).*$/, "").match(/'[^']*'|"[^"]*"|\S+/g) ?? [])
      .map((word) => word.replace(/^(['"])(.*)\1$/, "$2"));
    if (/^(journalctl|systemctl|make)$/.test(words[0] ?? "")) return [];
    // Behind sudo, and behind the service's name in what Docker is told.
    const names = words.map((word) => word.replace(/^\.\//, ""));
    const args = words.slice(names.lastIndexOf(PROGRAM) + 1);
    return args.length === words.length || args.length === 0 ? [] : [args];
  });
}

const silent: Terminal = { ...processTerminal(), out: () => {}, err: () => {} };

/**
 * Has the program read each of its calls in a command: with --help behind it a call is read as it is when
 * it runs, and does nothing. Throws for what it does not understand.
 */
export async function understand(command: string): Promise<void> {
  for (const args of callsIn(command)) {
    const isKnown = args[0]?.startsWith("-") ||
      COMMANDS.some(({ name, aliases = [] }) =>
        name === args[0] || name.startsWith(`${args[0]} `) || aliases.includes(args[0] ?? "")
      );
    if (!isKnown) throw new Error(`no such command: ${command}`);
    await dispatch([...args, "--help"], silent).catch((cause) => {
      throw new Error(`not understood: ${command}`, { cause });
    });
  }
}

/** The anchor that a heading has on the usual viewers of Markdown. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-");
}

/** A row for every event that has a remedy, in the order of the events. */
export function eventRows(): readonly string[] {
  return Object.keys(EVENTS).flatMap((name) => {
    const remedy = REMEDIES[name as EventName];
    if (remedy === undefined) return [];
    return [`| ${name} | ${plain(remedy.cause)} | ${plain(remedy.remedy)} |`];
  });
}

/** The journal's catalog fills in the fields; here they are words. */
function plain(text: string): string {
  return text.replaceAll("@ALLORA_TOPIC_ID@", "69").replaceAll(", nonce @ALLORA_NONCE@", "")
    .replaceAll("@ALLORA_REASON@", "the message says why").replaceAll("|", "\\|");
}

/** The ids by which src/health names what it finds, as they are written in its sources. */
export async function healthIds(directory = "src/health"): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for await (const { name, isDirectory } of Deno.readDir(new URL(directory, root))) {
    const path = `${directory}/${name}`;
    const found = isDirectory
      ? await healthIds(path)
      : [...(await fileText(path)).matchAll(/\b(?:id: |const ID = )"([\w.-]+)"/g)]
        .map(([, id]) => id!);
    for (const id of found) ids.add(id);
  }
  return ids;
}
