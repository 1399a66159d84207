import { join } from "node:path";
import { isThere } from "../host/paths.ts";
import { rootFor, shellQuote } from "../settings/file_error.ts";
import type { Settings, TopicSettings } from "../settings.ts";

/** What begins a command of a shell; it ends with the hint. */
const SHELL = new RegExp(
  "^(sudo |sudoedit |systemctl |journalctl |chmod |chown |install -m |mkdir |cat |sed |grep |rm |mv |ls |du |df |" +
    'ps |ss |ulimit |timedatectl|\\(umask |"\\$\\{EDITOR)',
);
/** What begins one of ours; prose may go on after it. */
const OURS = /^allora-pipeline [^,;:]+?(?=[,;:]| once| with |$)/;
/** A word that a person has to put a name of their own for. */
const PLACEHOLDER = /^[^#]* [A-Z]+\b(?!=)/;

/** Whether a cure is a command, and no prose. */
export function isCommand(cure: string): boolean {
  return SHELL.test(cure) || OURS.test(cure);
}

/** The command in a hint, where it names one: a person may paste it, with what is to be known as a comment. */
export function cureOf(hint: string): string {
  const starts = [{ index: 0, 0: "" }, ...hint.matchAll(/: |\b(?:[Rr]un|[Ss]ee|with|or) /g)];
  for (const { index, 0: before } of starts) {
    const rest = hint.slice(index + before.length);
    if (SHELL.test(rest)) return `${rest}${remarkOf(hint.slice(0, index))}`;
    const [command] = OURS.exec(rest) ?? [];
    if (command !== undefined) return command;
  }
  return hint;
}

/** The command in a hint that can be pasted as it stands, or another with the hint as a comment. */
export function exactCure(hint: string | undefined, other: string): string {
  if (hint === undefined) return other;
  const cure = cureOf(hint);
  return isCommand(cure) && !PLACEHOLDER.test(cure) ? cure : `${other} # ${hint}`;
}

function remarkOf(prose: string): string {
  return prose === "" || /^(run|look at)\b/i.test(prose) ? "" : ` # ${prose}`;
}

/** Opens a file to change it, with what to change as a comment. */
export function edit(path: string, what: string): string {
  const editor = rootFor(path) === "" ? '"${EDITOR:-vi}"' : "sudoedit";
  return `${editor} ${shellQuote(path)} # ${what}`;
}

/** Writes a secret that a person pastes. */
export function pasteSecret(path: string, what: string): string {
  const file = shellQuote(path);
  return `${rootFor(path)}install -m 0600 /dev/stdin ${file} # paste ${what}, end with Ctrl-D`;
}

/**
 * As it has to be typed: where systemd runs the program, only root may read its settings and its state. In a
 * container there is no sudo, and no need of it.
 */
export function toPaste(
  fix: string,
  { globalFile }: Pick<Settings, "globalFile">,
  root = "/",
  program = installedProgram(),
): string {
  if (rootFor(globalFile) === "" || !isThere(join(root, "run/systemd/system"))) return fix;
  return fix.replace(
    /(^|; |&& )(?:sudo )?allora-pipeline /g,
    (_, before) => `${before}sudo ${shellQuote(program)} `,
  );
}

/** By its path: sudo does not look into /usr/local/bin on Amazon Linux, nor into a PREFIX anywhere. */
function installedProgram(): string {
  const path = Deno.execPath();
  return path.endsWith("/bin/allora-pipeline") ? path : "allora-pipeline";
}

type Files = Pick<Settings, "globalFile" | "topicsDir" | "sources">;

/** Opens the file in which a setting stands, or would; what a flag or the environment sets is shown. */
export function editSetting(
  { globalFile, topicsDir, sources }: Files,
  name: string,
  what: string,
  topic?: Pick<TopicSettings, "topicId" | "sources">,
): string {
  const where = (topic?.sources ?? sources).get(name) ?? "default";
  const path = topic === undefined ? globalFile : join(topicsDir, `${topic.topicId}.env`);
  if (where === "default") return edit(path, what);
  const file = /^(.+):\d+$/.exec(where)?.[1];
  if (file === undefined) return `allora-pipeline doctor --settings # ${what} (set by ${where})`;
  const isIts = path === file || path.endsWith(`/${file}`);
  return edit(isIts ? path : globalFile, `${what} (${where})`);
}
