import { join } from "node:path";
import { shellQuote } from "../../settings/file_error.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { cureOf } from "../found.ts";
import { plural } from "../words.ts";

/** Whether every topic that a person has switched on can be worked on. */
export function settings(
  { settings: { topics, broken, topicsDir } }: HealthContext,
): readonly CheckResult[] {
  const found: CheckResult[] = broken.map(({ topicId, error }) => ({
    id: "settings",
    ...topicId === undefined ? {} : { topicId },
    status: "CRITICAL",
    message: error.message,
    fix: cureOf(error.hint ?? "allora-pipeline help topic-file"),
  }));
  if (topics.length > 0) {
    const message = `${plural(topics.length, "topic")} on`;
    return [{ id: "settings", status: "OK", message, value: topics.length }, ...found];
  }
  const message = "no topic is on: nothing is predicted";
  const fix = `allora-pipeline help topic-file > ${shellQuote(join(topicsDir, "67.env"))}`;
  return [{ id: "settings", status: "CRITICAL", message, value: 0, fix }, ...found];
}
