import type { Artifact } from "../model/artifact.ts";
import { train } from "../model/train.ts";
import type { TopicSettings } from "../settings.ts";
import { specOf, writeArtifact } from "./artifact_store.ts";
import type { Run } from "./run.ts";
import { candlesAsOf, refreshCandles } from "./topic_candles.ts";

export interface Trained {
  readonly artifact: Artifact;
  readonly path: string;
}

/**
 * Fits the topic's model on the candles that have ended by `nowMs` and puts it in place of the one
 * before. Throws "unavailable" for the candles, "invalid" when there are too few.
 */
export async function trainTopic(
  run: Run,
  topic: TopicSettings,
  nowMs: number,
  onProgress?: (done: number, total: number) => void,
): Promise<Trained> {
  await refreshCandles(run, topic, nowMs);
  const series = candlesAsOf(run, topic, nowMs);
  const artifact = train(series, specOf(topic), onProgress ? { onProgress } : {});
  const path = writeArtifact(run.settings.stateDir, topic.topicId, artifact);
  run.tell("model.trained", {
    topic: topic.topicId,
    model: artifact.id,
    learner: artifact.spec.learner,
    factor: artifact.calibration.factor,
    mse_ratio: artifact.record.mseRatio,
    mse_ratio_unshrunk: artifact.record.mseRatioUnshrunk,
    path,
  });
  return { artifact, path };
}
