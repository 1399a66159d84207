import { messageOf, PipelineError } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import type { CheckResult } from "./check.ts";
import type { HealthContext } from "./context.ts";
import { exactCure } from "./cure.ts";
import { statusOf } from "./range.ts";

/** A value that was found, judged by its thresholds; with neither it is OK. */
export function measured(
  result: Omit<CheckResult, "status"> & { readonly value: number },
): CheckResult {
  return { ...result, status: statusOf(result.value, result) };
}

/**
 * What could not be looked at: a check that fails tells nothing of what it was to check. `more` is the command
 * that shows more where the failure names none.
 */
export function unknown(
  thrown: unknown,
  what: Pick<CheckResult, "id" | "topicId" | "subject">,
  more = "allora-pipeline doctor",
): CheckResult {
  const hint = thrown instanceof PipelineError ? thrown.hint : undefined;
  return {
    ...what,
    status: "UNKNOWN",
    message: messageOf(thrown).replace(/\.$/, ""),
    fix: exactCure(hint, more),
  };
}

/** The check for each topic that is on, at the same time; one that fails is unknown, and stops no other. */
export async function eachTopic(
  { settings }: HealthContext,
  { id, more }: { readonly id: string; readonly more: (topicId: bigint) => string },
  check: (topic: TopicSettings) => Promise<CheckResult | readonly CheckResult[]>,
): Promise<readonly CheckResult[]> {
  const found = await Promise.all(settings.topics.map(async (topic) => {
    const { topicId } = topic;
    try {
      return await check(topic);
    } catch (thrown) {
      return unknown(thrown, { id, topicId }, more(topicId));
    }
  }));
  return found.flat();
}
