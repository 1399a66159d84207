import { PipelineError } from "../../errors.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { eachTopic, measured } from "../found.ts";

const DAY_MS = 86_400_000;

/** Whether the model of each topic is there, not too old, and as good as it was. */
export function model(context: HealthContext): Promise<readonly CheckResult[]> {
  return eachTopic(context, "model", async (topic) => {
    const { topicId, modelMaxAgeMs } = topic;
    const what = { id: "model", topicId };
    const fix = `allora-pipeline train --topic ${topicId}`;
    const nowMs = await context.marketNowMs();
    const found = await context.model(topic, nowMs).catch(damage);
    if (found instanceof PipelineError) {
      return { ...what, status: "CRITICAL", message: found.message, fix: found.hint ?? fix };
    }
    if (found === undefined) {
      const message = "no model yet: the first visit to an open window trains one";
      return { ...what, status: "WARNING", message, fix };
    }
    const { model, ageMs, driftMs } = found;
    if (ageMs === undefined) return { ...what, status: "OK", message: `${model} is your own` };
    const days = Number(Math.max(0, ageMs / DAY_MS).toFixed(1));
    const age = measured({
      ...{ ...what, value: days, unit: "days", warn: String(modelMaxAgeMs / DAY_MS) },
      message: `${model} was trained on candles up to ${days} days ago`,
      fix,
    });
    if (driftMs === undefined) return age;
    const day = new Date(driftMs).toISOString().slice(0, 10);
    const message = `the errors of ${model} have risen, which showed at the epoch of ${day}`;
    return { ...age, status: "WARNING", message };
  });
}

/** A file that is no model is what was looked for; one that cannot be read is not known. */
function damage(thrown: unknown): PipelineError {
  if (thrown instanceof PipelineError && thrown.kind === "invalid") return thrown;
  throw thrown;
}
