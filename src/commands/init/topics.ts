import type { ChainClient, Topic } from "../../chain/client.ts";
import { PipelineError } from "../../errors.ts";
import { table } from "../../host/terminal.ts";
import type { Invocation } from "../command.ts";
import { saidOf } from "../doctor/topic_metadata.ts";
import { topicIdOf } from "../flag_value.ts";
import { waiting } from "../progress.ts";
import type { Terminal } from "../terminal_io.ts";
import { type Conflict, type Existing, settingParser } from "./existing.ts";
import { SANDBOX } from "./network.ts";
import type { Questions } from "./questions.ts";
import { horizonText, intervalFor } from "./spans.ts";

/** A topic that is to be on. */
export interface NewTopic {
  readonly topicId: bigint;
  readonly metadata: string;
  /** For its file, by the setting's name. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Questions under way at the same time: a public node answers so many without complaint. */
const LANES = 8;

/**
 * The topics that are to be on and are not yet, with what each one's file says: from the flags, from the
 * text by which the topic describes itself, or from a person. Throws "config" for one that the chain
 * does not have, "usage" when nobody can be asked.
 */
export async function newTopics(
  questions: Questions,
  { values }: Invocation,
  existing: Existing,
  conflicts: Conflict[],
  chain: ChainClient,
  terminal: Terminal,
  out: (text: string) => void,
): Promise<readonly NewTopic[]> {
  const { cwd } = terminal;
  const { topicIds: on } = existing;
  if (values["topics"] === undefined && on.length > 0) return [];
  const isListed = values["topics"] === undefined && questions.isAsking;
  if (isListed) out(`\n${listOf(await activeTopics(chain, terminal))}\n\n`);
  const sandbox = SANDBOX[chain.chainId];
  const topics = await questions.answer({
    flag: "topics",
    text: "Topics, comma separated",
    ...sandbox === undefined ? {} : { byDefault: sandbox },
    parse: async (text) => {
      const ids = idsOf(text);
      const dropped = on.filter((id) => !ids.includes(id));
      if (dropped.length > 0) {
        conflicts.push({
          flag: "topics",
          keep: [...on, ...ids.filter((id) => !on.includes(id))].join(","),
          message: `Cannot leave out topic ${dropped.join(", ")}: its file is in ${
            existing.shown(existing.place.topicsDir)
          }`,
        });
      }
      const wanted = ids.filter((id) => !on.includes(id));
      return await Promise.all(wanted.map((id) => topicOnChain(chain, id)));
    },
  });
  const made: NewTopic[] = [];
  for (const topic of topics) {
    if (!await chain.isTopicActive(topic.id)) {
      out(`topic ${topic.id} is not active: it opens no windows until it is funded\n`);
    }
    const { id: topicId } = topic;
    const metadata = printable(topic.metadata);
    made.push({ topicId, metadata, settings: await settingsFor(questions, topic, values, cwd) });
  }
  return made;
}

/** Anybody may make a topic, and call it what they like. */
const printable = (text: string) => text.replace(/\p{C}/gu, "").slice(0, 60);

function idsOf(text: string): readonly bigint[] {
  try {
    return [...new Set(text.split(",").map((id) => topicIdOf(id.trim())))];
  } catch (cause) {
    throw new PipelineError(
      "usage",
      `Cannot use --topics ${JSON.stringify(text)}: no list of ids`,
      {
        ...{ cause, hint: "give topics' numbers, comma separated, such as 69,67" },
      },
    );
  }
}

async function topicOnChain(chain: ChainClient, topicId: bigint): Promise<Topic> {
  const topic = await chain.topic(topicId);
  if (topic !== undefined) return topic;
  throw new PipelineError(
    "config",
    `Cannot use topic ${topicId}: ${chain.chainId} has none of this id`,
    {
      hint: "run allora-pipeline init on a terminal: it lists those that are active",
    },
  );
}

/** The topics that open windows, in the order of their ids. */
async function activeTopics(chain: ChainClient, terminal: Terminal): Promise<readonly Topic[]> {
  using _progress = waiting(terminal, `asking ${chain.chainId} for its topics`);
  const end = await chain.nextTopicId();
  const found: Topic[] = [];
  let next = 1n;
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (next < end) {
      const topicId = next++;
      if (!await chain.isTopicActive(topicId)) continue;
      const topic = await chain.topic(topicId);
      if (topic !== undefined) found.push(topic);
    }
  }));
  return found.sort((a, b) => a.id < b.id ? -1 : 1);
}

function listOf(topics: readonly Topic[]): string {
  const rows = topics.map(({ id, metadata, epochLength }) => [
    ...[String(id), printable(metadata), `${epochLength} blocks`],
  ]);
  return table([["topic", "what it says of itself", "epoch"], ...rows], { align: ["right"] });
}

async function settingsFor(
  questions: Questions,
  topic: Topic,
  values: Readonly<Record<string, string>>,
  cwd: string,
): Promise<ReadonlyMap<string, string>> {
  const { pair, target, horizonMs } = saidOf(topic);
  const told = horizonMs === undefined ? undefined : horizonText(horizonMs);
  const name = `Topic ${topic.id} ("${printable(topic.metadata)}")`;
  const ask = async (flag: string, setting: string, text: string, said: string | undefined) =>
    values[flag] ?? said ??
      await questions.answer({
        flag,
        text: `${name}: ${text}`,
        parse: settingParser(setting, cwd),
      });
  const horizon = await ask("horizon", "ALLORA_HORIZON", "how far ahead, such as 24h", told);
  const settings = new Map([
    [
      "ALLORA_TARGET",
      await ask("target", "ALLORA_TARGET", "log-return, price, volatility or labels", target),
    ],
    ["ALLORA_PAIR", await ask("pair", "ALLORA_PAIR", "the pair, such as BTC/USD", pair)],
    ["ALLORA_HORIZON", horizon],
    ...intervalFor(horizon, values["interval"]),
  ]);
  const { labelWhitelist: labels } = topic;
  if (labels.length > 0 && labels.toSorted().join() !== "down,neutral,up") {
    settings.set(
      "ALLORA_LABELS",
      await ask(
        "labels",
        "ALLORA_LABELS",
        `${labels.join(", ")} from falling to rising`,
        undefined,
      ),
    );
  }
  return settings;
}
