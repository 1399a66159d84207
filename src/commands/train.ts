import { nameOfOwn, ownModelOf } from "../cycle/own_model.ts";
import { trainTopic } from "../cycle/train_topic.ts";
import type { Decision, PromotionMode } from "../cycle/promote.ts";
import { PipelineError, worstExitCode } from "../errors.ts";
import { paint } from "../host/terminal.ts";
import { marketNowMs } from "./at_time.ts";
import type { Handler, Invocation } from "./command.ts";
import { eachTopic } from "./each_topic.ts";
import { openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";
import { progressOn } from "./progress.ts";

/** Fits each topic's model, and promotes it when that does no harm. */
export const train: Handler = async (invocation, terminal) => {
  const mode = modeOf(invocation);
  const why = `somebody ran train${mode === "compare" ? "" : ` --${mode}`}`;
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
    const onProgress = progressOn(terminal, `training topic ${topic.topicId}`);
    return { topic, ...await trainTopic(run, topic, nowMs, { why, mode, onProgress }) };
  });
  if (invocation.json) {
    const models = trained.map((
      { topic, artifact: { id, spec, calibration, record, ...rest }, path, decision, incumbent },
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
      promoted: decision.isPromoted,
      reason: decision.reason,
      incumbent: incumbent?.id ?? null,
      path,
    }));
    terminal.out(`${JSON.stringify({ models })}\n`);
    return worstExitCode([exitCode, brokenCode]);
  }
  for (const { topic, artifact, path, decision, incumbent } of trained) {
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
        `${ratio(record.sdRatio)}, unshrunk ${ratio(record.sdRatioUnshrunk)}\n` +
        `  ${verdictOf(decision, artifact.id, incumbent?.id)}\n`,
    );
  }
  return worstExitCode([exitCode, brokenCode]);
};

/** Which model predicts from now on, and why. */
function verdictOf({ isPromoted, reason }: Decision, id: string, before?: string): string {
  if (isPromoted) return `promoted${before === undefined ? "" : ` over ${before}`}: ${reason}`;
  if (before === id) return `${id} goes on predicting: ${reason}`;
  return `not promoted, ${before === undefined ? "no model" : before} predicts: ${reason}`;
}

function modeOf({ switches }: Invocation): PromotionMode {
  const modes = (["force", "keep"] as const).filter((mode) => switches.has(mode));
  if (modes.length > 1) {
    throw new PipelineError("usage", "Cannot train with --force and --keep: they contradict");
  }
  return modes[0] ?? "compare";
}

const ratio = (value: number) => value.toFixed(4);
