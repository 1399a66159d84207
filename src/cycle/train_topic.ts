import type { Artifact } from "../model/artifact.ts";
import { compareFinished } from "../model/compare.ts";
import { candlesUsed } from "../model/lineage.ts";
import type { Series } from "../model/series.ts";
import { trainStepwise } from "../model/train.ts";
import type { Progress } from "../model/walk_forward.ts";
import type { TopicSettings } from "../settings.ts";
import { specOf, writePromotion } from "./artifact_store.ts";
import { type Incumbency, incumbencyOf } from "./incumbent.ts";
import { pruneModels, saveModel } from "./model_files.ts";
import { decide, type Decision, type PromotionMode } from "./promote.ts";
import type { Run } from "./run.ts";
import { candlesAsOf, refreshCandles } from "./topic_candles.ts";

export interface TrainOptions {
  /** Why the model is made, in words. */
  readonly why: string;
  /** Default "compare". */
  readonly mode?: PromotionMode;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Trained {
  readonly artifact: Artifact;
  readonly path: string;
  readonly decision: Decision;
  /** The model that predicted before. */
  readonly incumbent: Artifact | undefined;
}

/**
 * Fits the topic's model on the candles that have ended by `nowMs`, keeps it, and promotes it when
 * decide() says so. Fits one model at a time, and lets the process do other things after each fold.
 * Throws "unavailable" for the candles, "invalid" when there are too few, and the signal's reason.
 */
export async function trainTopic(
  run: Run,
  topic: TopicSettings,
  nowMs: number,
  options: TrainOptions,
): Promise<Trained> {
  const before = waiting.get(run.candles()) ?? Promise.resolve();
  const training = before.then(() => trainNow(run, topic, nowMs, options));
  waiting.set(run.candles(), training.then(() => {}, () => {}));
  return await training;
}

/** Models under way side by side would each hold their tables in memory. */
const waiting = new WeakMap<object, Promise<void>>();

async function trainNow(
  run: Run,
  topic: TopicSettings,
  nowMs: number,
  { why, mode = "compare", onProgress }: TrainOptions,
): Promise<Trained> {
  const { settings: { stateDir }, host } = run;
  const { topicId } = topic;
  await refreshCandles(run, topic, nowMs);
  // The history is fetched once: what it took says nothing of the next training.
  const startedMs = host.nowMs();
  const series = candlesAsOf(run, topic, nowMs);
  const before = await incumbencyOf(stateDir, topic);
  const incumbent = before.incumbent?.artifact;
  const steps = trainStepwise(series, specOf(topic), incumbent);
  const { artifact, comparison, record } = await stepByStep(run, steps, onProgress);
  const [madeMs, tookMs] = [host.nowMs(), host.nowMs() - startedMs];
  const path = saveModel(stateDir, topicId, artifact, {
    ...{ madeMs, why, tookMs, candles: candlesUsed(series), pair: topic.pair, comparison },
    ...{ historyMs: topic.historyMs, code: run.version },
    parent: incumbent?.id === artifact.id ? null : incumbent?.id ?? null,
    venues: topic.venues.map((venue) => venue.kind === "csv" ? `csv:${venue.path}` : venue.kind),
  });
  const told = { topic: topicId, model: artifact.id };
  run.tell("model.trained", {
    ...told,
    learner: artifact.spec.learner,
    factor: artifact.calibration.factor,
    mse_ratio: artifact.record.mseRatio,
    mse_ratio_unshrunk: artifact.record.mseRatioUnshrunk,
    path,
  });
  const now = await standingNow(stateDir, topic, before);
  const decision = decide({
    ...{ mode, candidate: artifact, incumbent: now.incumbent?.artifact, unusable: now.unusable },
    ...{ comparison: now === before ? comparison : comparedLate(series, artifact, now), record },
    ...{ isPinned: now.promotion?.isPinned ?? false, nowMs, maxAgeMs: topic.modelMaxAgeMs },
  });
  const { isPromoted, reason } = decision;
  if (isPromoted) {
    writePromotion(stateDir, topicId, {
      ...{ id: artifact.id, promotedMs: host.nowMs(), why: reason, isPinned: false },
    });
  }
  run.tell(isPromoted ? "model.promoted" : "model.kept", { ...told, reason });
  await prune(run, topic, artifact.id);
  return { artifact, path, decision, incumbent: now.incumbent?.artifact };
}

/** Training takes minutes: meanwhile somebody may have promoted another, whose place is then at stake. */
async function standingNow(
  stateDir: string,
  topic: TopicSettings,
  before: Incumbency,
): Promise<Incumbency> {
  const now = await incumbencyOf(stateDir, topic);
  const isSame = now.promotion?.id === before.promotion?.id &&
    now.promotion?.promotedMs === before.promotion?.promotedMs;
  return isSame ? before : now;
}

/** Against a model that the training did not know of; there is little that neither has seen. */
function comparedLate(series: Series, artifact: Artifact, { incumbent }: Incumbency) {
  return incumbent === undefined ? null : compareFinished(series, artifact, incumbent.artifact);
}

/** Deletes all but the newest models, the one that predicts, its parent, and the one just made. */
async function prune(
  { settings: { stateDir, modelsKept }, tell }: Run,
  topic: TopicSettings,
  made: string,
): Promise<void> {
  const { topicId } = topic;
  const { incumbent, promotion } = await incumbencyOf(stateDir, topic);
  const spared = [made, promotion?.id, incumbent?.lineage?.parent].flatMap((id) => id ?? []);
  const pruned = await pruneModels(stateDir, topicId, modelsKept, new Set(spared));
  if (pruned.length > 0) tell("model.pruned", { topic: topicId, models: pruned.join() });
}

async function stepByStep<T>(
  { signal }: Run,
  steps: Generator<Progress, T>,
  onProgress?: (done: number, total: number) => void,
): Promise<T> {
  for (let step = steps.next();; step = steps.next()) {
    if (step.done) return step.value;
    onProgress?.(step.value.done, step.value.total);
    // A macrotask: timers, sockets and signals get their turn.
    await new Promise((resolve) => setTimeout(resolve));
    signal.throwIfAborted();
  }
}
