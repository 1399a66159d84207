import { csv } from "../market/venues/csv.ts";
import { type Series, seriesOf } from "../market/series.ts";
import { PipelineError } from "../errors.ts";
import { evaluate, type Evaluation } from "../model/evaluate.ts";
import type { TopicSettings } from "../settings.ts";
import { specOf } from "./artifact_store.ts";
import { nameOfOwn, ownModelOf } from "./own_model.ts";
import type { Run } from "./run.ts";
import { candlesAsOf, refreshCandles } from "./topic_candles.ts";

/**
 * Judges the topic's learner on all its candles that had ended by `nowMs`. From a CSV file alone
 * nothing is stored, and no chain is needed to tell the time: the file ends when it ends.
 */
export async function evaluateTopic(
  run: Run,
  topic: TopicSettings,
  nowMs: () => Promise<number>,
  onProgress?: (done: number, total: number) => void,
): Promise<Evaluation> {
  const own = ownModelOf(topic);
  if (own !== undefined) {
    run.tell("model.not_judged", { topic: topic.topicId, model: nameOfOwn(own) });
  }
  const [venue] = topic.venues;
  const series = venue?.kind === "csv" && topic.venues.length === 1
    ? await fileSeries(topic, venue.path)
    : await storedSeries(run, topic, await nowMs());
  return evaluate(series, specOf(topic), onProgress ? { onProgress } : {});
}

async function fileSeries({ pair, intervalMs }: TopicSettings, path: string): Promise<Series> {
  const everything = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, nowMs: Number.MAX_SAFE_INTEGER };
  const candles = await csv(path).candles({ pair, intervalMs, ...everything });
  if (candles.length > 0) return seriesOf(candles, intervalMs);
  throw new PipelineError("invalid", `Cannot evaluate on ${path}: it has no candles`);
}

async function storedSeries(run: Run, topic: TopicSettings, nowMs: number): Promise<Series> {
  await refreshCandles(run, topic, nowMs);
  return candlesAsOf(run, topic, nowMs);
}
