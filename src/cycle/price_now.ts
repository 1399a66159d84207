import { PipelineError } from "../errors.ts";
import { Disagreement } from "../market/agreement.ts";
import { lastFinalMinute, type MinutePrice, priceOfMinute } from "../market/minute.ts";
import { type Forecast, startedFrom } from "../model/forecast.ts";
import type { TopicSettings } from "../settings.ts";
import { type ChainTimes, minuteOf } from "./chain_times.ts";
import type { Run } from "./run.ts";
import { candlesName, venuesOf } from "./topic_candles.ts";

/** A venue that asks for patience may have this much: the last close of the grid can stand in. */
const PATIENCE_MS = 10_000;

/**
 * A forecast of a price, started from the price at the nonce's minute: the candles that the model read
 * may have ended most of an interval before. What is no price stays as it is, and so does a price when
 * no minute can be had, which is told.
 *
 * Throws a Disagreement: which of the prices is right, nobody knows.
 */
export async function startNow(
  run: Run,
  topic: TopicSettings,
  made: Forecast,
  { baseMs, headMs }: ChainTimes,
): Promise<Forecast> {
  if (topic.target !== "price") return made;
  if (made.asOfMs >= lastFinalMinute(minuteOf(baseMs), headMs)) return made;
  try {
    const { price, endMs } = await priceAt(run, topic, baseMs, headMs);
    return endMs > made.asOfMs ? startedFrom(made, price, endMs) : made;
  } catch (thrown) {
    if (!(thrown instanceof PipelineError) || thrown instanceof Disagreement) throw thrown;
    const as_of = new Date(made.asOfMs).toISOString();
    const reason = thrown.message;
    run.tell("price.not_now", { topic: topic.topicId, price: made.basePrice, as_of, reason });
    return made;
  }
}

/** The price of the topic's pair at the minute of `atMs`, from its venues; throws as priceOfMinute(). */
export async function priceAt(
  run: Run,
  topic: TopicSettings,
  atMs: number,
  headMs: number,
): Promise<MinutePrice> {
  const found = await priceOfMinute({
    store: run.candles(),
    venues: venuesOf(run, topic),
    pair: topic.pair,
    name: `${candlesName(topic)} single minutes`,
    minuteMs: minuteOf(atMs),
    nowMs: headMs,
    maxDisagreement: topic.maxDisagreement,
    signal: run.signal,
    deadlineMs: run.host.nowMs() + PATIENCE_MS,
  });
  for (const error of found.complaints) {
    run.tell("venue.failed", { error, topic: topic.topicId });
  }
  return found;
}
