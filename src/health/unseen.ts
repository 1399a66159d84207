import type { CheckResult } from "./check.ts";
import type { CheckName } from "./check_name.ts";

/** What a check finds beside what has its own name: when it cannot be made, nobody knows of either. */
const FINDS: Readonly<Record<string, readonly string[]>> = {
  balance: ["runway"],
  endpoint: ["latency"],
  market: ["agreement"],
  model: ["drift"],
};
/** Found of what the topics' files name. */
const OF_TOPICS = ["market", "agreement", "credentials"];
/** Found by asking the chain. */
const OF_CHAIN = ["submission", "balance", "clock", "latency"];

/**
 * Whether the results say nothing of a name because what would have found it could not be looked at: the
 * check failed as a whole, its endpoint does not answer, or its topic's file cannot be read.
 */
export function isUnseen(name: CheckName, results: readonly CheckResult[]): boolean {
  return results.some((result) => result.status !== "OK" && hides(result, name));
}

function hides(result: CheckResult, { id, topicId, subject }: CheckName): boolean {
  // The number of topics that are on is the only value; a file that is not used has none.
  if (result.id === "settings" && result.value === undefined) {
    const isItsTopic = topicId !== undefined && (result.topicId ?? topicId) === topicId;
    return isItsTopic || OF_TOPICS.includes(id);
  }
  return (result.status === "UNKNOWN" || result.id === "endpoint") &&
    (result.id === id || FINDS[result.id]?.includes(id) === true) &&
    (result.topicId === undefined || result.topicId === topicId) &&
    (result.subject === undefined || result.subject === subject);
}

/**
 * The results without those that nobody knows because the chain could not be asked, where an endpoint is
 * CRITICAL already: one cause is told once.
 */
export function withoutEchoes<T extends CheckResult>(results: readonly T[]): readonly T[] {
  if (!results.some(({ id, status }) => id === "endpoint" && status === "CRITICAL")) return results;
  return results.filter(({ id, status }) => status !== "UNKNOWN" || !OF_CHAIN.includes(id));
}
