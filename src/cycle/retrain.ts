import { PipelineError } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import { incumbencyOf } from "./incumbent.ts";
import { clearMark, isMarked, markedMs, setMark } from "./marks.ts";
import type { Kept } from "./model_files.ts";
import { ownModelOf } from "./own_model.ts";
import { type CandleHashes, reasonsToRetrain, type RetrainReason } from "./retrain_reasons.ts";
import { failureOf, isOver, type Run } from "./run.ts";
import { trainTopic } from "./train_topic.ts";
import { hasRoom } from "./window_room.ts";

/** A model of which it is not known took so long to train. */
const USUAL_MS = 120_000;
/** Training may take so much longer than last time. */
const SLACK = 1.5;
/**
 * Advises to train models again, or does it, as ALLORA_RETRAIN says; each topic is looked at once a day
 * of the market's time. What fails here harms no submission: it is told, and tried again a day later.
 */
export async function retrainModels(
  run: Run,
  topics: readonly TopicSettings[],
  nowMs: number,
): Promise<void> {
  const hashes: CandleHashes = new Map();
  for (const topic of topics) {
    if (topic.retrain === "off" || ownModelOf(topic) !== undefined || isOver(run)) continue;
    try {
      await lookAt(run, topic, nowMs, hashes);
    } catch (thrown) {
      const { message: error, hint } = failureOf(run, thrown);
      run.tell("model.retrain_failed", { error, topic: topic.topicId, hint });
    }
  }
}

async function lookAt(
  run: Run,
  topic: TopicSettings,
  nowMs: number,
  hashes: CandleHashes,
): Promise<void> {
  const { stateDir } = run.settings;
  const { topicId } = topic;
  if (await isMarked(stateDir, topicId, "looked_at", nowMs)) return;
  // One that cannot be used is replaced when a window needs it.
  const { incumbent: promoted } = await incumbencyOf(stateDir, topic);
  if (promoted === undefined) return;
  const neededMs = SLACK * (promoted.lineage?.tookMs ?? USUAL_MS);
  const reasonsNow = () => reasonsToRetrain(run, topic, promoted, nowMs, hashes);
  if (topic.retrain === "auto" && !hasRoom(run, neededMs)) {
    return await noteWaiting(run, topic, nowMs, neededMs, reasonsNow);
  }
  await clearMark(stateDir, topicId, "waiting_since");
  const reasons = await reasonsNow();
  const looked = () => setMark(stateDir, topicId, "looked_at", nowMs);
  if (topic.retrain === "advise" || reasons.length === 0) {
    looked();
    for (const { words: reason, trigger } of reasons) {
      const hint = `run allora-pipeline train --topic ${topicId}, or set ALLORA_RETRAIN=auto`;
      run.tell("model.retrain_advised", {
        ...{ reason, topic: topicId, trigger, model: promoted.artifact.id, hint },
      });
    }
    return;
  }
  try {
    await retrain(run, topic, nowMs, promoted, reasons);
  } finally {
    // What made room for a window, or for a stop, begins again; what took too long would do so again.
    if (!isOver(run) || isTimeUp(run)) looked();
  }
}

/** After a day without a visit in which training had room, and each day from then on, a person is told. */
async function noteWaiting(
  run: Run,
  { topicId }: TopicSettings,
  nowMs: number,
  neededMs: number,
  reasonsNow: () => Promise<readonly RetrainReason[]>,
): Promise<void> {
  const { stateDir } = run.settings;
  if (await isMarked(stateDir, topicId, "waiting_since", nowMs)) return;
  const isFirst = Number.isNaN(await markedMs(stateDir, topicId, "waiting_since"));
  setMark(stateDir, topicId, "waiting_since", nowMs);
  if (isFirst) return;
  const reason = (await reasonsNow()).map(({ words }) => words).join("; ");
  if (reason === "") return;
  run.tell("model.retrain_waits", {
    ...{ topic: topicId, reason, needed_seconds: Math.ceil(neededMs / 1000) },
    hint:
      `run allora-pipeline train --topic ${topicId}; between windows a visit must leave so long, ` +
      "see ALLORA_RUN_TIMEOUT",
  });
}

/** Retraining is the last thing a visit does. That it could not go last is no reason not to do it. */
function goLast({ lowerPriority, tell }: Run): void {
  try {
    lowerPriority?.();
  } catch (thrown) {
    if (!(thrown instanceof PipelineError)) throw thrown;
    tell("priority.kept", { error: thrown.message, hint: thrown.hint });
  }
}

function isTimeUp({ host, hurry, untilMs = Infinity }: Run): boolean {
  return hurry?.aborted !== true && host.nowMs() >= untilMs;
}

async function retrain(
  run: Run,
  topic: TopicSettings,
  nowMs: number,
  promoted: Kept,
  reasons: readonly RetrainReason[],
): Promise<void> {
  const words = reasons.map(({ words }) => words).join("; ");
  goLast(run);
  const signal = AbortSignal.any([run.signal, ...run.hurry ? [run.hurry] : []]);
  try {
    const { artifact, decision } = await trainTopic({ ...run, signal }, topic, nowMs, {
      why: words,
    });
    run.tell("model.retrained", {
      ...{ topic: topic.topicId, reasons: words, before: promoted.artifact.id, model: artifact.id },
      ...{ promoted: decision.isPromoted, result: decision.reason },
    });
  } catch (thrown) {
    if (run.hurry?.aborted !== true) throw thrown;
    throw new PipelineError(
      "retry",
      `Cannot train topic ${topic.topicId} again: a window asks for a visit`,
      { cause: thrown, hint: "it begins again after that" },
    );
  }
}
