import { nameOfOwn, ownModelOf } from "../cycle/own_model.ts";
import { trainTopic } from "../cycle/train_topic.ts";
import { worstExitCode } from "../errors.ts";
import { paint } from "../host/terminal.ts";
import { marketNowMs } from "./at_time.ts";
import type { Handler } from "./command.ts";
import { eachTopic } from "./each_topic.ts";
import { openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";
import { progressOn } from "./progress.ts";

/** Fits each topic's model. */
export const train: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  const topics = topicsOf(invocation, settings);
  using run = openRun(settings, terminal, { isEndless: true });
  const brokenCode = tellBroken(run, invocation);
  const builtIn = topics.filter((topic) => {
    const own = ownModelOf(topic);
    if (own !== undefined) {
      run.tell("model.own", { topic: topic.topicId, model: nameOfOwn(own) });
    }
    return own === undefined;
  });
  const nowMs = builtIn.length === 0 ? 0 : await marketNowMs(invocation, run);
  const { done: trained, exitCode } = await eachTopic(run, builtIn, async (topic) => {
    const progress = progressOn(terminal, `training topic ${topic.topicId}`);
    return { topic, ...await trainTopic(run, topic, nowMs, progress) };
  });
  if (invocation.json) {
    const models = trained.map((
      { topic, artifact: { id, spec, calibration, record, ...rest }, path },
    ) => ({
      topic_id: String(topic.topicId),
      model: id,
      learner: spec.learner,
      trained_from: new Date(rest.trainedFromMs).toISOString(),
      trained_to: new Date(rest.trainedToMs).toISOString(),
      forecasts: record.forecasts,
      shrink_factor: calibration.factor,
      mse_ratio: record.mseRatio,
      mse_ratio_unshrunk: record.mseRatioUnshrunk,
      sd_ratio: record.sdRatio,
      sd_ratio_unshrunk: record.sdRatioUnshrunk,
      path,
    }));
    terminal.out(`${JSON.stringify({ models })}\n`);
    return worstExitCode([exitCode, brokenCode]);
  }
  for (const { topic, artifact, path } of trained) {
    const { record, calibration } = artifact;
    const name = paint(`topic ${topic.topicId}`, "bold", terminal.outColour);
    terminal.out(
      `${name}  model ${artifact.id} (${artifact.spec.learner}) in ${path}\n` +
        `  judged on ${record.forecasts} forecasts it could not know: MSE ${
          ratio(record.mseRatio)
        } of ` +
        `${
          topic.target === "volatility" ? "the expanding mean's" : "the zero forecast's"
        }, unshrunk ` +
        `${ratio(record.mseRatioUnshrunk)}\n` +
        `  shrinkage ${calibration.factor.toPrecision(2)}, sd(forecast)/sd(truth) ` +
        `${ratio(record.sdRatio)}, unshrunk ${ratio(record.sdRatioUnshrunk)}\n`,
    );
  }
  return worstExitCode([exitCode, brokenCode]);
};

const ratio = (value: number) => value.toFixed(4);
