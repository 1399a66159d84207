import { type Setting, SETTINGS } from "./table.ts";

/** The section of --help that lists every setting. */
export function settingsHelp(): string {
  const name = ({ flag, type }: Setting) => `--${flag} ${type.word}`;
  const width = Math.max(...SETTINGS.map((setting) => name(setting).length));
  const rows = (scope: Setting["scope"]) =>
    SETTINGS.filter((setting) => setting.scope === scope).map((setting) =>
      `  ${name(setting).padEnd(width)}  ${setting.meaning}${remark(setting)}`
    );
  return [
    "Settings (--rpc-timeout is ALLORA_RPC_TIMEOUT in the environment and in env files;",
    "a flag wins over the topic's file, then come the environment, the global file, the default):",
    ...rows("global"),
    "",
    "Settings of a topic (topics/<id>.env; in the global file they are defaults for all topics):",
    ...rows("topic"),
  ].join("\n");
}

function remark(setting: Setting): string {
  const choices = setting.type.choices?.join(", ");
  const remarks = [
    choices !== undefined && !setting.type.word.includes("|") ? choices : undefined,
    setting.required ? "required" : undefined,
    setting.default ?? setting.located,
  ].filter((part) => part !== undefined);
  return remarks.length ? ` [${remarks.join("; ")}]` : "";
}

/** The commented example of the global file, or of a topic's file. */
export function envExample(scope: Setting["scope"] = "global"): string {
  const blocks = SETTINGS.filter((setting) => setting.scope === scope).map((setting) => {
    const { name, meaning, type, located, required } = setting;
    return [
      `# ${meaning}.`,
      `# Allowed: ${type.allowed}.${located ? ` Default: ${located}.` : ""}`,
      `${required ? "" : "#"}${name}=${setting.default ?? setting.example ?? ""}`,
    ].join("\n");
  });
  return [HEADS[scope], ...blocks].join("\n\n") + "\n";
}

const RULES =
  "# One NAME=value a line, read alike by this program, Docker and systemd: no quotes, no spaces\n" +
  "# around the value, none of # $ \\ in it, and comments on lines of their own.";
const HEADS = {
  global:
    `# Settings of allora-pipeline. A line that is commented out shows the default.\n${RULES}\n` +
    "# Secrets do not belong here: see ALLORA_MNEMONIC_FILE.",
  topic:
    `# Settings of one topic: the file is called topics/<id>.env, and the topic is on while it exists.\n${RULES}`,
} as const;
