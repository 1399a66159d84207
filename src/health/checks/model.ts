import { PipelineError } from "../../errors.ts";
import type { TopicSettings } from "../../settings.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext, ModelFacts } from "../context.ts";
import { exactCure } from "../cure.ts";
import { eachTopic, measured, unknown } from "../found.ts";

const DAY_MS = 86_400_000;
/** So many times as old as it may be, a model has missed several trainings: nobody looks after it. */
const NEGLECTED = 3;
/** Since the errors have risen: a week, and twice as many forecasts as a doubling takes to be heard. */
const DRIFTED = { days: 7, horizons: 120 };

/** Whether the model of each topic is there, not too old, and as good as it was. */
export function model(context: HealthContext): Promise<readonly CheckResult[]> {
  const more = (topicId: bigint) => `allora-pipeline models --topic ${topicId}`;
  return eachTopic(context, { id: "model", more }, async (topic) => {
    const { topicId, modelMaxAgeMs } = topic;
    const what = { id: "model", topicId };
    const fix = `allora-pipeline train --topic ${topicId}`;
    const nowMs = await context.marketNowMs();
    const found = await context.model(topic, nowMs).catch(damage);
    if (found instanceof PipelineError) {
      const { message, hint } = found;
      return { ...what, status: "CRITICAL", message, fix: exactCure(hint, fix) };
    }
    if (found === undefined) {
      const message = "no model yet: the first visit to an open window trains one";
      return { ...what, status: "WARNING", message, fix };
    }
    const { model, ageMs } = found;
    if (ageMs === undefined) return { ...what, status: "OK", message: `${model} is your own` };
    const days = Number(Math.max(0, ageMs / DAY_MS).toFixed(1));
    const limit = modelMaxAgeMs / DAY_MS;
    const age = measured({
      ...{ ...what, value: days, unit: "days" },
      ...{ warn: String(limit), crit: String(NEGLECTED * limit) },
      message: `${model} was trained on candles up to ${days} days ago`,
      fix,
    });
    return [age, drift(found, topic, nowMs, fix)];
  });
}

/** Whether the errors have risen since it was trained, and for how long. */
function drift(
  facts: ModelFacts,
  { horizonMs }: TopicSettings,
  nowMs: number,
  fix: string,
): CheckResult {
  const { topicId, model } = facts;
  const what = { id: "drift", topicId };
  let sinceMs: number | undefined;
  try {
    sinceMs = facts.driftMs();
  } catch (thrown) {
    return unknown(thrown, what, "allora-pipeline ledger check");
  }
  if (sinceMs === undefined) {
    return { ...what, status: "OK", message: `the errors of ${model} have not risen` };
  }
  const day = new Date(sinceMs).toISOString().slice(0, 10);
  const value = Number(Math.max(0, (nowMs - sinceMs) / DAY_MS).toFixed(1));
  const limit = Math.max(DRIFTED.days, DRIFTED.horizons * horizonMs / DAY_MS);
  const found = measured({
    ...{ ...what, value, unit: "days", crit: String(limit), fix },
    message: `the errors of ${model} have risen, which showed at the epoch of ${day}`,
  });
  return found.status === "OK" ? { ...found, status: "WARNING" } : found;
}

/** A file that is no model is what was looked for; one that cannot be read is not known. */
function damage(thrown: unknown): PipelineError {
  if (thrown instanceof PipelineError && thrown.kind === "invalid") return thrown;
  throw thrown;
}
