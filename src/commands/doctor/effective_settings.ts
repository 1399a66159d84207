import { paint, table } from "../../host/terminal.ts";
import { type Setting, SETTINGS, type Settings, type TopicSettings } from "../../settings.ts";
import { isThere } from "../../host/paths.ts";

/** One setting in force. */
interface Row {
  readonly name: string;
  readonly value: string;
  readonly where: string;
}

/** Every setting in force, and where it came from; no secret is among them. */
export function effectiveText(settings: Settings, colour: boolean): string {
  const parts = sections(settings).map(({ title, rows }) =>
    `${paint(title, "bold", colour)}\n${
      table(rows.map(({ name, value, where }) => [name, value, where]))
    }\n`
  );
  const broken = settings.broken.map(({ error }) => `# ${error.message}\n`).join("");
  return `${parts.join("\n")}${broken === "" ? "" : `\n${broken}`}`;
}

/** The same for a machine. */
export function effectiveJson(settings: Settings) {
  return {
    sections: sections(settings).map(({ topicId, rows }) => ({
      topic_id: topicId === undefined ? null : String(topicId),
      settings: rows.map(({ name, value, where }) => ({
        ...{ name, value: value === "" ? null : value, source: where === "" ? null : where },
      })),
    })),
    broken: settings.broken.map(({ error }) => error.message),
  };
}

function sections(settings: Settings) {
  return [
    { title: "all", topicId: undefined, rows: rowsOf("global", settings) },
    ...settings.topics.map((topic) => ({
      title: `topic ${topic.topicId}`,
      topicId: topic.topicId,
      rows: rowsOf("topic", topic),
    })),
  ];
}

function rowsOf(
  scope: Setting["scope"],
  { sources, texts }: Pick<Settings | TopicSettings, "sources" | "texts">,
): readonly Row[] {
  return SETTINGS.filter((setting) => setting.scope === scope).map((setting) => ({
    name: setting.name,
    value: shown(setting, texts.get(setting.name) ?? ""),
    where: sources.get(setting.name) ?? "",
  }));
}

/** What a secret's file holds, and an access key in an endpoint's path, is for nobody to see. */
function shown({ name, secret }: Setting, text: string): string {
  if (secret) return isThere(text) ? `${text} (****)` : `${text} (not there)`;
  return name === "ALLORA_RPC" ? text.replace(/(https?:\/\/[^/,]+\/)[^,\s]+/g, "$1****") : text;
}
