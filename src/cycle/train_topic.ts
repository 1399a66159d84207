import { messageOf, PipelineError } from "../errors.ts";
import type { Artifact } from "../model/artifact.ts";
import { candlesUsed, type Lineage } from "../model/lineage.ts";
import { trainStepwise } from "../model/train.ts";
import type { Progress } from "../model/walk_forward.ts";
import type { TopicSettings } from "../settings.ts";
import { assertFits, readPromoted, specOf, writePromotion } from "./artifact_store.ts";
import { type Kept, pruneModels, saveModel } from "./model_files.ts";
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
  const { settings: { stateDir, modelsKept }, host } = run;
  const { topicId } = topic;
  const startedMs = host.nowMs();
  await refreshCandles(run, topic, nowMs);
  const series = candlesAsOf(run, topic, nowMs);
  const { incumbent, unusable } = await incumbentOf(stateDir, topic);
  const steps = trainStepwise(series, specOf(topic), incumbent?.artifact);
  const { artifact, comparison, record } = await stepByStep(run, steps, onProgress);
  const parent = incumbent?.artifact.id === artifact.id ? null : incumbent?.artifact.id ?? null;
  const lineage: Lineage = {
    ...{
      madeMs: host.nowMs(),
      why,
      tookMs: host.nowMs() - startedMs,
      candles: candlesUsed(series),
    },
    ...{ pair: topic.pair, historyMs: topic.historyMs, code: run.version, parent, comparison },
    venues: topic.venues.map((venue) => venue.kind === "csv" ? `csv:${venue.path}` : venue.kind),
  };
  const path = saveModel(stateDir, topicId, artifact, lineage);
  const told = { topic: topicId, model: artifact.id };
  run.tell("model.trained", {
    ...told,
    learner: artifact.spec.learner,
    factor: artifact.calibration.factor,
    mse_ratio: artifact.record.mseRatio,
    mse_ratio_unshrunk: artifact.record.mseRatioUnshrunk,
    path,
  });
  const decision = decide({
    ...{ mode, candidate: artifact, incumbent: incumbent?.artifact, unusable, comparison, record },
    ...{ isPinned: false, nowMs, maxAgeMs: topic.modelMaxAgeMs },
  });
  const { isPromoted, reason } = decision;
  if (isPromoted) {
    writePromotion(stateDir, topicId, {
      ...{ id: artifact.id, promotedMs: host.nowMs(), why: reason },
    });
  }
  run.tell(isPromoted ? "model.promoted" : "model.kept", { ...told, reason });
  if (isPromoted) {
    const spared = new Set([artifact.id, ...parent === null ? [] : [parent]]);
    const pruned = await pruneModels(stateDir, topicId, modelsKept, spared);
    if (pruned.length > 0) run.tell("model.pruned", { topic: topicId, models: pruned.join() });
  }
  return { artifact, path, decision, incumbent: incumbent?.artifact };
}

/** The model that predicts, or why it cannot. */
async function incumbentOf(
  stateDir: string,
  topic: TopicSettings,
): Promise<{ readonly incumbent: Kept | undefined; readonly unusable: string | undefined }> {
  try {
    const incumbent = await readPromoted(stateDir, topic);
    if (incumbent !== undefined) assertFits(incumbent, topic);
    return { incumbent, unusable: undefined };
  } catch (thrown) {
    const isUseless = thrown instanceof PipelineError && thrown.kind !== "denied";
    if (!isUseless) throw thrown;
    return { incumbent: undefined, unusable: messageOf(thrown) };
  }
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
