import type { CheckResult } from "./check.ts";

/** What a check is called wherever it is told of: "submission topic 1", "endpoint https://rpc.example". */
export function nameOf({ id, topicId, subject }: Pick<CheckResult, "id" | "topicId" | "subject">) {
  return [
    id,
    ...topicId === undefined ? [] : [`topic ${topicId}`],
    ...subject === undefined ? [] : [subject],
  ]
    .join(" ");
}
