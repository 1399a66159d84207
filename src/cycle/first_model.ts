import { messageOf, PipelineError } from "../errors.ts";
import { deadline } from "../host/deadline.ts";
import type { TopicSettings } from "../settings.ts";
import { readPromoted } from "./artifact_store.ts";
import { ownModelOf } from "./own_model.ts";
import type { Run } from "./run.ts";
import { trainTopic } from "./train_topic.ts";

/** Training may have so much of a visit: the rest is for a fallback, for signing and for sending. */
const SHARE = 0.5;

/**
 * Trains the topic's first model in the visit that needs it. A rehearsal trains nothing. Throws "retry"
 * when the visit has no time for it, and what trainTopic throws.
 */
export async function ensureModel(run: Run, topic: TopicSettings, nowMs: number): Promise<void> {
  const { topicId } = topic;
  if (run.dryRun || ownModelOf(topic) !== undefined) return;
  if (await readPromoted(run.settings.stateDir, topic) !== undefined) return;
  run.tell("model.first", { topic: topicId });
  using limit = deadline(SHARE * run.settings.runTimeoutMs, run.signal);
  try {
    await trainTopic({ ...run, signal: limit.signal }, topic, nowMs, {
      why: "the first visit found no model",
    });
  } catch (thrown) {
    if (!limit.signal.aborted) throw thrown;
    throw new PipelineError(
      "retry",
      `Cannot train topic ${topicId} within a visit: ${messageOf(limit.signal.reason)}`,
      { cause: thrown, hint: `run allora-pipeline train --topic ${topicId}` },
    );
  }
}
