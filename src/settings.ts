import { join } from "node:path";
import { PipelineError } from "./errors.ts";
import { readEnvFile } from "./settings/env_file.ts";
import { checkEnvironment } from "./settings/environment.ts";
import { fileError } from "./settings/file_error.ts";
import { locate, type Place } from "./settings/place.ts";
import { type Found, found, refusal, resolveAll, type Source } from "./settings/resolve.ts";
import {
  flagOf,
  GLOBAL_SETTINGS,
  SETTINGS,
  TOPIC_SETTINGS,
  type Values,
} from "./settings/table.ts";

export { envExample, settingsHelp } from "./settings/help.ts";
export { locate, type Place } from "./settings/place.ts";
export { type OwnModel, type Setting, SETTINGS, type VenueRef } from "./settings/table.ts";

/** Where each value came from, by the setting's name: "--rpc", "topics/1.env:2", "environment", "default". */
export type Sources = ReadonlyMap<string, string>;
/** Each value as it was written, or its default, by the setting's name. */
export type Texts = ReadonlyMap<string, string>;

/** What is predicted for one topic, and how. */
export interface TopicSettings extends Values<typeof TOPIC_SETTINGS> {
  readonly topicId: bigint;
  readonly sources: Sources;
  readonly texts: Texts;
}

/** A topic file that cannot be used, and why; a file whose name is no topic's id has none. */
export interface BrokenTopic {
  readonly topicId: bigint | undefined;
  readonly error: PipelineError;
}

/** Everything a person has set, checked and typed. All paths are absolute. */
export interface Settings extends Values<typeof GLOBAL_SETTINGS> {
  /** In the order of their ids: a topic is on when topics/<id>.env exists. */
  readonly topics: readonly TopicSettings[];
  /** Topic files that cannot be used, which stops no other topic. */
  readonly broken: readonly BrokenTopic[];
  readonly sources: Sources;
  readonly texts: Texts;
  /** The file of the settings for all topics; it may not be there. */
  readonly globalFile: string;
  /** Where the topics' files are. */
  readonly topicsDir: string;
  /** systemd's $CREDENTIALS_DIRECTORY, whose files have modes of their own. */
  readonly credentialsDir: string | undefined;
}
export type LogLevel = Settings["logLevel"];

export interface SettingsInput {
  /** By the flag's name without dashes; names that are no setting's are ignored. */
  readonly flags: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Stands for "/" in a test. */
  readonly root?: string;
  /** What the files say is left out: for whoever has to tell people that they cannot be read. */
  readonly withoutFiles?: boolean;
}

/**
 * The settings of one run: flag over topic file over environment over global file over default. An
 * empty value counts as not set. Throws PipelineError "config" (or "usage" for a flag) that names the
 * place, the setting, what was found and what is allowed; "denied" when a file may not be read. What is
 * wrong with one topic's file alone is not thrown: that topic is among the broken ones.
 */
export function loadSettings(input: SettingsInput): Settings {
  const { env, cwd } = input;
  const layers = layersOf(input);
  const { place, shown } = layers;
  const located: Source = (name) => found(place.located[name], "default");
  const global = resolveAll(
    GLOBAL_SETTINGS,
    [layers.flags, layers.environment, layers.globalFile, located],
    cwd,
    shown(place.globalFile),
  );
  const topics: TopicSettings[] = [];
  const broken: BrokenTopic[] = [];
  const files = input.withoutFiles ? [] : topicFiles(place.topicsDir, shown(place.topicsDir));
  for (const { topicId, name } of files) {
    const path = join(place.topicsDir, name);
    try {
      if (topicId === undefined) throw misnamed(shown(path), shown(place.topicsDir));
      const file = layers.file(path, TOPIC_NAMES);
      topics.push(resolveTopic(topicId, layers, file, cwd, shown(path)));
    } catch (thrown) {
      // A flag is meant for every topic, and so is its mistake.
      if (!(thrown instanceof PipelineError) || thrown.kind === "usage") throw thrown;
      broken.push({ topicId, error: thrown });
    }
  }
  return {
    ...global.values,
    topics,
    broken,
    sources: wheres(global.found),
    texts: texts(global.found),
    globalFile: place.globalFile,
    topicsDir: place.topicsDir,
    credentialsDir: env["CREDENTIALS_DIRECTORY"] || undefined,
  };
}

/**
 * A topic that has no file: from the flags, the environment and the global file alone; its id is 0.
 * Throws as loadSettings does.
 */
export function topicOfFlags(input: SettingsInput): TopicSettings {
  return resolveTopic(0n, layersOf(input), () => undefined, input.cwd, "the flags");
}

interface Layers {
  readonly place: Place;
  readonly flags: Source;
  readonly environment: Source;
  readonly globalFile: Source;
  file(path: string, known: readonly string[]): Source;
  /** A path as a person would write it from where they are. */
  shown(path: string): string;
}

function layersOf({ flags, env, cwd, root = "/", withoutFiles }: SettingsInput): Layers {
  const place = locate(env, cwd, root);
  const shown = (path: string) => path.startsWith(`${cwd}/`) ? path.slice(cwd.length + 1) : path;
  const mnemonicFile = shown(place.mnemonicHome);
  checkEnvironment(flags, env, ALL_NAMES, mnemonicFile);
  const file = (path: string, known: readonly string[]): Source => {
    const foreign = ALL_NAMES.filter((name) => !known.includes(name));
    const values = readEnvFile(path, { shown: shown(path), known, foreign, mnemonicFile });
    return (name) => found(values.get(name)?.text, `${shown(path)}:${values.get(name)?.line}`);
  };
  return {
    ...{ place, shown, file },
    flags: (name) => found(flags[flagOf(name)], `--${flagOf(name)}`),
    environment: (name) => found(env[name], "the environment"),
    globalFile: withoutFiles ? () => undefined : file(place.globalFile, ALL_NAMES),
  };
}

function resolveTopic(
  topicId: bigint,
  { flags, environment, globalFile }: Layers,
  topicFile: Source,
  cwd: string,
  shown: string,
): TopicSettings {
  const sources = [flags, topicFile, environment, globalFile];
  const topic = resolveAll(TOPIC_SETTINGS, sources, cwd, shown);
  checkTopic(topic.values, topic.found);
  return { ...topic.values, topicId, sources: wheres(topic.found), texts: texts(topic.found) };
}

const ALL_NAMES = SETTINGS.map(({ name }) => name);
const TOPIC_NAMES = Object.values(TOPIC_SETTINGS).map(({ name }) => name);

/** The topic files in the order of their ids. Other files may lie beside them. */
function topicFiles(directory: string, shown: string) {
  let names: string[];
  try {
    names = [...Deno.readDirSync(directory)].map(({ name }) => name);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw fileError("read", shown, thrown);
  }
  return names.filter((name) => name.endsWith(".env")).map((name) => {
    const id = /^[1-9]\d{0,18}(?=\.env$)/.exec(name)?.[0];
    return { name, topicId: id === undefined ? undefined : BigInt(id) };
  }).sort((a, b) => (a.topicId ?? 0n) < (b.topicId ?? 0n) ? -1 : 1);
}

function misnamed(path: string, directory: string): PipelineError {
  return new PipelineError("config", `Cannot read ${path}: its name is not a topic's id`, {
    hint:
      `Name it after the topic, such as ${directory}/67.env, or let it end otherwise to switch it off`,
  });
}

/** What no single setting can tell. */
function checkTopic(topic: Values<typeof TOPIC_SETTINGS>, taken: ReadonlyMap<string, Found>): void {
  const check = (holds: boolean, name: string, relation: string, other: string) => {
    const [mine, its] = [taken.get(name), taken.get(other)];
    if (holds || !mine || !its) return;
    throw refusal(name, mine, `${relation} ${other}, which is ${its.text} (${its.where})`);
  };
  const { horizonMs, intervalMs, warnAbove, refuseAbove } = topic;
  check(horizonMs % intervalMs === 0, "ALLORA_HORIZON", "a multiple of", "ALLORA_INTERVAL");
  check(warnAbove <= refuseAbove, "ALLORA_WARN_ABOVE", "at most", "ALLORA_REFUSE_ABOVE");
}

function wheres(taken: ReadonlyMap<string, Found>): Sources {
  return new Map([...taken].map(([name, { where }]) => [name, where]));
}

function texts(taken: ReadonlyMap<string, Found>): Texts {
  return new Map([...taken].map(([name, { text }]) => [name, text]));
}
