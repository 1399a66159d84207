import type { CheckResult } from "./check.ts";

export type CheckName = Pick<CheckResult, "id" | "topicId" | "subject">;

/** What a check is called wherever it is told of: "submission topic 1", "endpoint https://rpc.example". */
export function nameOf({ id, topicId, subject }: CheckName) {
  return [
    id,
    ...topicId === undefined ? [] : [`topic ${topicId}`],
    ...subject === undefined ? [] : [subject],
  ]
    .join(" ");
}

/** What nameOf() calls so. */
export function partsOf(name: string): CheckName {
  const [, id = name, topic, subject] = /^(\S+)(?: topic (\d+))?(?: (.+))?$/.exec(name) ?? [];
  return {
    id,
    ...topic === undefined ? {} : { topicId: BigInt(topic) },
    ...subject === undefined ? {} : { subject },
  };
}
