import { messageOf, PipelineError } from "../errors.ts";
import { deadline } from "../host/deadline.ts";
import type { TopicSettings } from "../settings.ts";
import { incumbencyOf } from "./incumbent.ts";
import { isMarked, setMark } from "./marks.ts";
import { ownModelOf } from "./own_model.ts";
import type { Run } from "./run.ts";
import { refreshCandles } from "./topic_candles.ts";
import { trainTopic } from "./train_topic.ts";
import { roomIn } from "./window_room.ts";

/** Training may have so much of a visit: the rest is for a fallback, for signing and for sending. */
const SHARE = 0.5;
/** It is not begun late in a window: so much of it must be left, or what a visit gives. */
const LEAST_LEFT = 0.5;

/**
 * Trains the topic's model in the visit that finds none, or one that cannot be used; it ends before the
 * window's last minutes. Where that took too long it is not tried again for a day, nor begun late in a
 * window: what predicts then says what is missing. A rehearsal trains nothing. Throws "retry" when the
 * visit had no time for it, and what trainTopic throws.
 */
export async function ensureModel(run: Run, topic: TopicSettings, nowMs: number): Promise<void> {
  const { topicId } = topic;
  const { settings: { stateDir, runTimeoutMs }, ledger, host } = run;
  if (run.dryRun || ownModelOf(topic) !== undefined) return;
  const { incumbent, unusable } = await incumbencyOf(stateDir, topic);
  if (incumbent !== undefined || await isMarked(stateDir, topicId, "tried_at", nowMs)) return;
  const { leftMs, wholeMs } = roomIn(ledger.lastWindow(topicId), host.nowMs());
  const shareMs = SHARE * runTimeoutMs;
  if (leftMs < Math.min(shareMs, LEAST_LEFT * wholeMs)) return;
  if (unusable === undefined) run.tell("model.first", { topic: topicId });
  else run.tell("model.unusable", { topic: topicId, error: unusable });
  using limit = deadline(Math.min(shareMs, leftMs), run.signal);
  const limited = { ...run, signal: limit.signal };
  let isFetched = false;
  try {
    await refreshCandles(limited, topic, nowMs);
    isFetched = true;
    await trainTopic(limited, topic, nowMs, {
      why: unusable === undefined ? "a visit found no model" : `a visit found that ${unusable}`,
    });
  } catch (thrown) {
    if (!limit.signal.aborted) throw thrown;
    // What was fetched of the history is kept, so that the next visit may have time to train.
    if (isFetched && !run.signal.aborted) setMark(stateDir, topicId, "tried_at", nowMs);
    throw new PipelineError(
      "retry",
      `Cannot train topic ${topicId} within a visit: ${messageOf(limit.signal.reason)}`,
      { cause: thrown, hint: `run allora-pipeline train --topic ${topicId}` },
    );
  }
}
