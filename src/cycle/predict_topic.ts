import { PipelineError } from "../errors.ts";
import { assertFresh } from "../market/feed.ts";
import { type Series, sliceUntil } from "../market/series.ts";
import { type Forecast, forecast } from "../model/forecast.ts";
import { candlesShown } from "../model/own_forecast.ts";
import { plausibleReturn, plausibleVolatility } from "../model/plausible.ts";
import { candlesRead } from "../model/problem.ts";
import type { TopicSettings } from "../settings.ts";
import { readArtifact, specOf } from "./artifact_store.ts";
import { type ChainTimes, minuteOf } from "./chain_times.ts";
import { ownModelOf, predictByOwn } from "./own_model.ts";
import { startNow } from "./price_now.ts";
import type { Run } from "./run.ts";
import { candlesAsOf, refreshCandles } from "./topic_candles.ts";
import { validatePrediction, type Verdict } from "./validate_prediction.ts";

/** The window may be as old as an epoch, and the venue may have gaps: that much more is read. */
const SPARE = 1.5;

/**
 * The topic's forecast from its model and the candles that had ended at the nonce's minute; of a price,
 * started from the price at that minute. Later in the window the same is forecast, but for one case: a
 * candle counts when it ended a minute ago, so that a visit in the first minute after the nonce does
 * without the one that has just ended (of the minutes, or of the topic's interval when the window opened
 * as one ended). It is not waited for: over the horizon a candle more says little, an early inference is
 * safe, and what is written down is not forecast again.
 *
 * Throws "config" when no model is trained, a Disagreement, and what refreshing and reading the candles
 * and asking the person's own model throw.
 */
export async function predictTopic(
  run: Run,
  topic: TopicSettings,
  times: ChainTimes,
): Promise<Forecast> {
  const { baseMs, headMs } = times;
  const model = await modelOf(run, topic, times);
  await refreshCandles(run, topic, headMs);
  const recent = candlesAsOf(run, topic, headMs, SPARE * model.candles * topic.intervalMs);
  const minuteMs = minuteOf(baseMs);
  const series = sliceUntil(recent, minuteMs);
  assertFresh(series, minuteMs);
  const found = await model.forecast(series);
  const made = model.saysReturn ? await startNow(run, topic, found, times) : found;
  run.tell("prediction.made", {
    topic: topic.topicId,
    value: made.value,
    low: made.low,
    high: made.high,
    base_price: made.basePrice,
    model: made.model,
  });
  return made;
}

/** What forecasts from the last candle of a series, and how many candles it reads. */
interface Model {
  readonly candles: number;
  /** It says by how much the price changes, from wherever that is; else it says the price. */
  readonly saysReturn: boolean;
  readonly forecast: (series: Series) => Forecast | Promise<Forecast>;
}

async function modelOf(run: Run, topic: TopicSettings, times: ChainTimes): Promise<Model> {
  const own = ownModelOf(topic);
  if (own !== undefined) {
    return {
      candles: candlesShown(specOf(topic), topic.intervalMs),
      saysReturn: own.kind === "onnx",
      forecast: (series) => predictByOwn(run, topic, own, series, times),
    };
  }
  const artifact = await readArtifact(run.settings.stateDir, topic);
  if (artifact === undefined) {
    throw new PipelineError(
      "config",
      `Cannot predict topic ${topic.topicId}: no model is trained for it`,
      { hint: `run allora-pipeline train --topic ${topic.topicId}` },
    );
  }
  return {
    candles: candlesRead(artifact.spec, artifact.intervalMs),
    saysReturn: true,
    forecast: (series) => forecast(artifact, series),
  };
}

/** Passes every number of a forecast through validatePrediction; each decision is logged. */
export function judge(run: Run, topic: TopicSettings, made: Forecast): Verdict {
  const { target, warnAbove, refuseAbove, horizonMs } = topic;
  const isReturn = target === "log-return" || target === "price";
  const limits = {
    target,
    warnAbove,
    refuseAbove,
    basePrice: made.basePrice,
    ...isReturn && { plausibleReturn: plausibleReturn(made.sigma, horizonMs) },
    ...target === "volatility" && { plausibleVolatility: plausibleVolatility(made.sigma) },
  };
  const named = made.labels?.map(({ label, probability }) => [label, probability] as const) ??
    [[target, made.value] as const];
  const verdicts = named.map(([name, value]) => {
    const verdict = validatePrediction(value, name, limits);
    run.tell(EVENT_OF[verdict.verdict], {
      topic: topic.topicId,
      name,
      value,
      verdict: verdict.verdict,
      warn_above: warnAbove,
      refuse_above: refuseAbove,
      plausible_return: limits.plausibleReturn,
      plausible_volatility: limits.plausibleVolatility,
      reason: verdict.reason,
    });
    return verdict;
  });
  const worst = (["refused", "warned", "accepted"] as const)
    .flatMap((rank) => verdicts.filter(({ verdict }) => verdict === rank))[0];
  return worst ?? { verdict: "refused", reason: "the forecast has no value", measured: undefined };
}

const EVENT_OF = {
  accepted: "prediction.accepted",
  warned: "prediction.warned",
  refused: "prediction_validation_failed",
} as const;
