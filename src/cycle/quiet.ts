import type { TopicSettings } from "../settings.ts";
import type { Run } from "./run.ts";
import type { Worker } from "./worker.ts";

/**
 * Whether the ledger alone can say that no topic needs anything: most visits end here, so nothing of
 * the chain, the market or the model is loaded for it.
 */
export function isQuiet(run: Run, topics: readonly TopicSettings[], { address }: Worker): boolean {
  const nowMs = run.host.nowMs();
  return !run.dryRun &&
    topics.every(({ topicId }) => nowMs < run.ledger.nothingDueUntilMs(topicId, address));
}
