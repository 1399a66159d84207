import { readPromoted, readPromotion } from "../../cycle/artifact_store.ts";
import { liveErrorOf, resolvedSubmissions } from "../../cycle/live_error.ts";
import { keptModels } from "../../cycle/model_files.ts";
import { PipelineError } from "../../errors.ts";
import { paint, table } from "../../host/terminal.ts";
import type { TopicSettings } from "../../settings.ts";
import type { Handler } from "../command.ts";
import { eachTopic } from "../each_topic.ts";
import { type OpenRun, openRun, settingsOf, topicsOf } from "../open_run.ts";
import type { Terminal } from "../terminal_io.ts";
import { compareTwo } from "./compare.ts";
import { ageText, modelJson, ratioText, type Shown, timeText } from "./shown.ts";

/** Lists the kept models, or compares two. */
export const models: Handler = async (invocation, terminal) => {
  const [first, second, stray] = invocation.words;
  const isPair = first !== undefined && second !== undefined && stray === undefined;
  if (first !== undefined && (!isPair || invocation.values["topic"] === undefined)) {
    throw new PipelineError(
      "usage",
      `Cannot read "${invocation.words.join(" ")}": models compares two models of one topic`,
      { hint: "give --topic N and two ids" },
    );
  }
  const settings = settingsOf(invocation, terminal);
  const topics = topicsOf(invocation, settings);
  using run = openRun(settings, terminal);
  if (isPair && topics[0] !== undefined) {
    return await compareTwo(run, topics[0], [first, second], invocation, terminal);
  }
  const { done: listed, exitCode } = await eachTopic(run, topics, async (topic) => ({
    topic,
    ...await listOf(run, topic),
  }));
  if (invocation.json) {
    const json = listed.map(({ topic, shown, damaged, promotion }) => ({
      topic_id: String(topic.topicId),
      promoted: promotion?.id ?? null,
      promoted_because: promotion?.why ?? null,
      models: shown.map(modelJson),
      damaged: damaged.map(({ path, error }) => ({ path, error: error.message })),
    }));
    terminal.out(`${JSON.stringify({ topics: json })}\n`);
    return exitCode;
  }
  for (const each of listed) terminal.out(textOf(each, terminal));
  return exitCode;
};

async function listOf(run: OpenRun, topic: TopicSettings) {
  const { stateDir } = run.settings;
  const { topicId } = topic;
  // Whatever an earlier version left is listed with the others; what is damaged is listed as such.
  const trouble = await readPromoted(stateDir, topic).then(() => undefined, (thrown) => {
    if (thrown instanceof PipelineError && thrown.kind === "invalid") return thrown;
    throw thrown;
  });
  const promotion = await readPromotion(stateDir, topicId).catch(() => undefined);
  const { kept, damaged } = await keptModels(stateDir, topicId);
  const resolved = kept.length === 0 ? [] : resolvedSubmissions(run.ledger, topicId);
  const shown = kept.map((each): Shown => ({
    ...each,
    isPromoted: each.artifact.id === promotion?.id,
    live: liveErrorOf(resolved, each.artifact.id),
  }));
  return { shown, damaged, promotion, trouble };
}

function textOf(
  { topic, shown, damaged, promotion, trouble }: Awaited<ReturnType<typeof listOf>> & {
    readonly topic: TopicSettings;
  },
  terminal: Terminal,
): string {
  const bold = (text: string) => paint(text, "bold", terminal.outColour);
  const head = [
    ...["", "model", "learner", "trained to", "age", "mse ratio", "live", "epochs"],
    "made because",
  ];
  const nowMs = terminal.host.nowMs();
  const rows = shown.map(({ isPromoted, artifact, lineage, live }) => [
    isPromoted ? paint("promoted", "green", terminal.outColour) : "kept",
    artifact.id,
    artifact.spec.learner,
    timeText(artifact.trainedToMs),
    ageText(nowMs - artifact.trainedToMs),
    ratioText(artifact.record.mseRatio),
    ratioText(live.mseRatio),
    String(live.epochs),
    lineage?.why ?? "",
  ]);
  const title = bold(`topic ${topic.topicId}`);
  const list = rows.length === 0
    ? [`${title}  no model is kept: run allora-pipeline train --topic ${topic.topicId}`]
    : [
      title,
      table([head, ...rows], {
        align: ["left", "left", "left", "left", "right", "right", "right", "right"],
      }),
    ];
  const why = promotion && [`${promotion.id} predicts: ${promotion.why}`];
  const troubles = new Set([
    ...damaged.map(({ error }) => error.message),
    ...trouble ? [trouble.message] : [],
  ]);
  return `${[...list, ...why ?? [], ...troubles].join("\n")}\n`;
}
