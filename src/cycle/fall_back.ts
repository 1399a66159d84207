import { messageOf, PipelineError } from "../errors.ts";
import type { Fallback } from "../ledger/submission.ts";
import { Disagreement } from "../market/agreement.ts";
import { loadSeries } from "../market/feed.ts";
import type { Series } from "../market/series.ts";
import { type Forecast, forecast } from "../model/forecast.ts";
import { meanForecast } from "../model/mean_forecast.ts";
import type { TopicSettings } from "../settings.ts";
import { readArtifact, specOf } from "./artifact_store.ts";
import { type ChainTimes, minuteOf } from "./chain_times.ts";
import { ensureModel } from "./first_model.ts";
import { ownModelOf } from "./own_model.ts";
import { predictTopic } from "./predict_topic.ts";
import { startNow } from "./price_now.ts";
import { failureOf, type Run } from "./run.ts";
import { candlesName } from "./topic_candles.ts";

/** A forecast, and what stood in when it is not the model's own on fresh candles. */
export interface Made {
  readonly forecast: Forecast;
  readonly fallback: Fallback | null;
}

/** Older than this, candles say nothing of the market's present volatility. */
const MAX_AGE_MS = 7 * 86_400_000;
/** A price is forecast from the last close, which is worth little once it is older than the horizon. */
const MAX_PRICE_AGE_INTERVALS = 2;

/**
 * The topic's forecast, by a model that is trained now if there is none. When its model or its market
 * fails, and the settings let it, a declared fallback: the model on the newest sound candles in the
 * store, then the shrunk expanding mean of the target. Better a modest inference than a missed epoch.
 *
 * Throws what predictTopic threw when no fallback can speak either.
 */
export async function predictOrFallBack(
  run: Run,
  topic: TopicSettings,
  times: ChainTimes,
): Promise<Made> {
  let failure: PipelineError;
  try {
    await ensureModel(run, topic, times.headMs);
    return { forecast: await predictTopic(run, topic, times), fallback: null };
  } catch (thrown) {
    failure = failureOf(run, thrown);
  }
  if (!run.settings.fallback || run.signal.aborted) throw failure;
  // A price is forecast from the last close: with venues apart nobody knows which.
  if (topic.target === "price" && failure instanceof Disagreement) throw failure;
  const refusals: string[] = [];
  for (const [fallback, make] of LADDER) {
    try {
      const older = await make(run, topic, minuteOf(times.baseMs));
      const made = await startNow(run, topic, older, times);
      const { message: error, hint } = failure;
      run.tell("prediction.fallback", { fallback, error, topic: topic.topicId, hint });
      return { forecast: made, fallback };
    } catch (thrown) {
      refusals.push(`${fallback}: ${messageOf(thrown)}`);
    }
  }
  throw new PipelineError(failure.kind, `${failure.message}; no fallback: ${refusals.join("; ")}`, {
    cause: failure,
    ...(failure.hint !== undefined && { hint: failure.hint }),
  });
}

const LADDER: readonly [
  Fallback,
  (run: Run, topic: TopicSettings, minuteMs: number) => Promise<Forecast>,
][] = [
  ["older-candles", async (run, topic, minuteMs) => {
    const isOwn = ownModelOf(topic) !== undefined;
    const artifact = isOwn ? undefined : await readArtifact(run.settings.stateDir, topic);
    if (artifact === undefined) throw new PipelineError("config", "no model is trained");
    return forecast(artifact, storedCandles(run, topic, minuteMs));
  }],
  [
    "mean",
    (run, topic, minuteMs) =>
      Promise.resolve(meanForecast(storedCandles(run, topic, minuteMs), specOf(topic))),
  ],
];

/** The stored candles that had ended by the minute; the last is a real one. Throws when that is too old. */
function storedCandles(run: Run, topic: TopicSettings, minuteMs: number): Series {
  const { intervalMs, horizonMs, historyMs, target } = topic;
  const name = candlesName(topic);
  const series = loadSeries(run.candles(), name, intervalMs, minuteMs - historyMs, minuteMs);
  const ageMs = minuteMs - series.startMs - series.close.length * intervalMs;
  const mostMs = target === "price"
    ? Math.max(horizonMs, MAX_PRICE_AGE_INTERVALS * intervalMs)
    : MAX_AGE_MS;
  if (ageMs <= mostMs) return series;
  const hours = (ms: number) => `${Math.round(ms / 3_600_000)} h`;
  throw new PipelineError(
    "unavailable",
    `the newest stored candle is ${hours(ageMs)} old, more than ${hours(mostMs)}`,
  );
}
