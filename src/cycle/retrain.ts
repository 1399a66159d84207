import { PipelineError } from "../errors.ts";
import { writeAtomically } from "../host/atomic_file.ts";
import { statePaths } from "../host/paths.ts";
import type { WindowRecord } from "../ledger/windows.ts";
import type { TopicSettings } from "../settings.ts";
import { fits, readPromoted } from "./artifact_store.ts";
import { type Kept, textAt } from "./model_files.ts";
import { ownModelOf } from "./own_model.ts";
import { type CandleHashes, reasonsToRetrain, type RetrainReason } from "./retrain_reasons.ts";
import { failureOf, isOver, type Run } from "./run.ts";
import { trainTopic } from "./train_topic.ts";

/** Once a day the models are looked at: nothing that speaks against one comes faster. */
const PAUSE_MS = 86_400_000;
/** A model of which it is not known took so long to train. */
const USUAL_MS = 120_000;
/** Training may take so much longer than last time. */
const SLACK = 1.5;
/** Blocks may come this much faster than they did. */
const HASTE = 0.8;
/** The end of a window belongs to what is still to be sent into it: so much, a quarter at most. */
const LAST_MS = 5 * 60_000;

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
  const lookedPath = `${statePaths(stateDir).models(topicId)}/looked_at.json`;
  const sinceMs = nowMs - Number(await textAt(lookedPath) ?? NaN);
  if (sinceMs >= 0 && sinceMs < PAUSE_MS) return;
  const promoted = await readPromoted(stateDir, topic);
  if (promoted === undefined || !fits(promoted, topic)) return;
  const tookMs = promoted.lineage?.tookMs ?? USUAL_MS;
  if (topic.retrain === "auto" && !hasTime(run, SLACK * tookMs)) return;
  const reasons = reasonsToRetrain(run, topic, promoted, nowMs, hashes);
  const looked = () => writeAtomically(lookedPath, `${nowMs}\n`);
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
    // What made room for a window begins again after it.
    if (!isOver(run)) looked();
  }
}

async function retrain(
  run: Run,
  topic: TopicSettings,
  nowMs: number,
  promoted: Kept,
  reasons: readonly RetrainReason[],
): Promise<void> {
  const words = reasons.map(({ words }) => words).join("; ");
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

/** Whether for `spanMs` no window of any topic opens or comes near its end. */
function hasTime({ ledger, host, settings }: Run, spanMs: number): boolean {
  return settings.topics.every(({ topicId }) => {
    const seen = ledger.lastWindow(topicId);
    // Without a pace nobody can tell; a topic that was never seen has nothing to be sent.
    return seen === undefined || leavesRoom(seen, spanMs, host.nowMs());
  });
}

/** Whether the window last seen and the next one leave `spanMs` from `nowMs` on, of the wall clock. */
export function leavesRoom(
  { paceMs, seenHeight, seenMs, nonce, closes, nextOpens }: WindowRecord,
  spanMs: number,
  nowMs: number,
): boolean {
  if (paceMs === null) return false;
  const msTo = (height: bigint) => Number(height - seenHeight) * paceMs * HASTE - (nowMs - seenMs);
  if (msTo(nextOpens) <= spanMs) return false;
  if (nonce === null || closes === null) return true;
  const lastMs = Math.min(LAST_MS, Number(closes - nonce) * paceMs / 4);
  return msTo(closes) - lastMs > spanMs;
}
