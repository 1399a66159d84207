import { assertFits, readPromotion, specOf } from "../../cycle/artifact_store.ts";
import { keptModel } from "../../cycle/model_files.ts";
import { ownModelOf } from "../../cycle/own_model.ts";
import type { CheckResult } from "../../health/check.ts";
import { check } from "../../health/checks.ts";
import type { TopicSettings } from "../../settings.ts";
import { type Examined, failed } from "./examined.ts";

/** As much worse than its reference a new model may look by chance and is promoted all the same. */
const HARM = 1.02;

/** Whether each topic has a model, of what age, trained for what the settings say, and how good. */
export async function model(examined: Examined): Promise<readonly CheckResult[]> {
  const [known, records] = await Promise.all([
    check(examined.health, ["model"]),
    Promise.all(examined.settings.topics.map((topic) => record(examined, topic))),
  ]);
  return [...known, ...records.flat()];
}

/** What the model's own record says: on forecasts it could not know, beside no forecast at all. */
async function record(
  { settings: { stateDir } }: Examined,
  topic: TopicSettings,
): Promise<readonly CheckResult[]> {
  const { topicId } = topic;
  const what = { id: "record", topicId };
  if (ownModelOf(topic) !== undefined) {
    const message = "a model of your own is judged by you";
    return [{ ...what, status: "OK", message }];
  }
  try {
    const promoted = await keptModel(
      stateDir,
      topicId,
      (await readPromotion(stateDir, topicId))?.id,
    );
    if (promoted === undefined) return [];
    assertFits(promoted, topic);
    const { mseRatio, forecasts } = promoted.artifact.record;
    const reference = topic.target === "volatility" ? "the past mean" : "no forecast at all";
    const { learner } = promoted.artifact.spec;
    const wanted = specOf(topic).learner;
    const other = `; it is of ${learner}, and ${wanted} must be better to take its place`;
    const message = `squared error ${mseRatio.toFixed(4)} times that of ${reference}, on ` +
      `${forecasts} forecasts it could not know${wanted === learner ? "" : other}`;
    if (mseRatio <= HARM) return [{ ...what, status: "OK", message }];
    const fix = `allora-pipeline evaluate --topic ${topicId}`;
    return [{ ...what, status: "WARNING", message, fix }];
  } catch (thrown) {
    return [failed(what, thrown, `allora-pipeline models --topic ${topicId}`)];
  }
}
