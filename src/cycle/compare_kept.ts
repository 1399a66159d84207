import { compareFinished, type Comparison } from "../model/compare.ts";
import { candlesRead } from "../model/problem.ts";
import type { TopicSettings } from "../settings.ts";
import type { Kept } from "./model_files.ts";
import type { Run } from "./run.ts";
import { candlesName } from "./topic_candles.ts";

/**
 * The first model against the second on the stored candles that neither was trained with; undefined when
 * they do not forecast the same, or there are no such candles.
 */
export function compareKept(
  run: Run,
  topic: TopicSettings,
  { artifact: first }: Kept,
  { artifact: second }: Kept,
): Comparison | undefined {
  const { intervalMs } = topic;
  const isSame = first.spec.target === second.spec.target &&
    first.spec.horizonMs === second.spec.horizonMs && first.intervalMs === second.intervalMs &&
    first.intervalMs === intervalMs && first.features.join() === second.features.join();
  if (!isSame) return undefined;
  const sinceMs = Math.max(first.trainedToMs, second.trainedToMs);
  const lookBackMs = intervalMs *
    Math.max(...[first, second].map(({ spec }) => candlesRead(spec, intervalMs)));
  const series = run.candles()
    .read(
      candlesName(topic),
      intervalMs,
      sinceMs - lookBackMs - intervalMs,
      Number.MAX_SAFE_INTEGER,
    );
  return series && compareFinished(series, first, second);
}
