import { messageOf, PipelineError } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import type { CheckResult } from "./check.ts";
import type { HealthContext } from "./context.ts";
import { statusOf } from "./range.ts";

/** A value that was found, judged by its thresholds; with neither it is OK. */
export function measured(
  result: Omit<CheckResult, "status"> & { readonly value: number },
): CheckResult {
  return { ...result, status: statusOf(result.value, result) };
}

/** What could not be looked at: a check that fails tells nothing of what it was to check. */
export function unknown(
  thrown: unknown,
  what: Pick<CheckResult, "id" | "topicId" | "subject">,
): CheckResult {
  const hint = thrown instanceof PipelineError ? thrown.hint : undefined;
  return {
    ...what,
    status: "UNKNOWN",
    message: messageOf(thrown).replace(/\.$/, ""),
    fix: hint ?? "allora-pipeline health --json",
  };
}

/** The check for each topic that is on, at the same time; one that fails is unknown, and stops no other. */
export function eachTopic(
  { settings }: HealthContext,
  id: string,
  check: (topic: TopicSettings) => CheckResult | Promise<CheckResult>,
): Promise<readonly CheckResult[]> {
  return Promise.all(settings.topics.map(async (topic) => {
    try {
      return await check(topic);
    } catch (thrown) {
      return unknown(thrown, { id, topicId: topic.topicId });
    }
  }));
}
