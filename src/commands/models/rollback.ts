import { rollBack } from "../../cycle/roll_back.ts";
import { PipelineError } from "../../errors.ts";
import type { Handler } from "../command.ts";
import { openRun, settingsOf, topicsOf } from "../open_run.ts";

/** Puts an earlier model back in its place. */
export const rollback: Handler = async (invocation, terminal) => {
  const [id, stray] = invocation.words;
  if (stray !== undefined) {
    throw new PipelineError("usage", `Cannot read "${stray}": models rollback takes one id`);
  }
  if (invocation.values["topic"] === undefined) {
    throw new PipelineError("usage", "Cannot roll back: no topic is named", {
      hint: "give --topic N",
    });
  }
  const settings = settingsOf(invocation, terminal);
  const topics = topicsOf(invocation, settings);
  using run = openRun(settings, terminal);
  for (const topic of topics) {
    const { from, to } = await rollBack(run, topic, id);
    const { id: model, trainedToMs } = to.artifact;
    const trainedTo = new Date(trainedToMs).toISOString();
    const facts = { topic_id: String(topic.topicId), model, before: from ?? null, path: to.path };
    terminal.out(
      invocation.json
        ? `${JSON.stringify({ ...facts, trained_to: trainedTo })}\n`
        : `topic ${topic.topicId}: model ${model}, trained to ${
          trainedTo.slice(0, 10)
        }, predicts ` +
          `again${from === undefined ? "" : ` instead of ${from}`}\n`,
    );
  }
  return 0;
};
