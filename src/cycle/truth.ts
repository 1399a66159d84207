import { PipelineError } from "../errors.ts";
import type { Settlement, Submission } from "../ledger/submission.ts";
import { loadSeries } from "../market/feed.ts";
import { lastFinalMinute } from "../market/minute.ts";
import { realisedVolatility } from "../market/realised_volatility.ts";
import type { CandleStore } from "../market/store.ts";
import { tripleBarrier } from "../model/triple_barrier.ts";
import type { TopicSettings } from "../settings.ts";
import { minuteOf } from "./chain_times.ts";
import { priceAt } from "./price_now.ts";
import type { Run } from "./run.ts";
import { candlesName, refreshCandles } from "./topic_candles.ts";

/** What came true, in the unit of the prediction, and the squared errors against it. */
type Outcome = Partial<Pick<Settlement, "loss" | "lossZero">> & { readonly realised: number };

/** For so long after the horizon minutes are waited for; the candles of the topic can stand in. */
const PATIENCE_MS = 3_600_000;

/** Prices on the minute at both ends of a horizon, and why one is not known. */
interface Ends {
  readonly base?: number | undefined;
  readonly end?: number | undefined;
  readonly reasons: readonly string[];
}

/**
 * What came of the prediction; undefined while that is not to be known yet. A price is that of the
 * minute; where minutes are not to be had any more the topic's candles tell the truth, as they do for
 * other targets, and that is told.
 *
 * Throws what fetching the candles throws and, while another visit may get them, fetching the minutes.
 */
export async function measure(
  run: Run,
  topic: TopicSettings,
  row: Submission,
  headMs: number,
): Promise<Outcome | undefined> {
  const { baseMs, topicId, nonce } = row;
  if (baseMs === null || row.sigma === null) return undefined;
  await refreshCandles(run, topic, headMs);
  const ends = topic.target === "price"
    ? await endsOf(run, topic, baseMs, headMs)
    : { reasons: [] };
  const outcome = ends && outcomeOf(run.candles(), topic, row, ends);
  if (outcome !== undefined && ends !== undefined && ends.reasons.length > 0) {
    const reason = ends.reasons.join("; ");
    run.tell("truth.without_minutes", { topic: topicId, nonce, reason });
  }
  return outcome;
}

/** Undefined while the last minute is not final. */
async function endsOf(
  run: Run,
  topic: TopicSettings,
  baseMs: number,
  headMs: number,
): Promise<Ends | undefined> {
  const endMs = baseMs + topic.horizonMs;
  if (lastFinalMinute(minuteOf(endMs), headMs) < minuteOf(endMs)) return undefined;
  const reasons: string[] = [];
  const at = async (atMs: number) => {
    try {
      return (await priceAt(run, topic, atMs, headMs)).price;
    } catch (thrown) {
      if (!(thrown instanceof PipelineError)) throw thrown;
      if (thrown.kind !== "config" && headMs < endMs + PATIENCE_MS) throw thrown;
      reasons.push(thrown.message);
      return undefined;
    }
  };
  return { base: await at(baseMs), end: await at(endMs), reasons };
}

/**
 * What the prediction was of: from the price at the nonce's minute, whatever the model had to start
 * from, to that a horizon later; its squared error, and that of the forecast that nothing changes. A
 * price that is not among `ends` is the close of the last candle that had ended by then. Undefined while
 * a candle is missing.
 */
function outcomeOf(
  candles: CandleStore,
  topic: TopicSettings,
  row: Submission,
  ends: Ends,
): Outcome | undefined {
  const { baseMs, sigma } = row;
  if (baseMs === null || sigma === null) return undefined;
  const { intervalMs, horizonMs } = topic;
  const pair = candlesName(topic);
  const base = ends.base ?? candles.closeAt(pair, intervalMs, baseMs);
  const close = ends.end ?? candles.closeAt(pair, intervalMs, baseMs + horizonMs);
  if (base === undefined || close === undefined) return undefined;
  const logReturn = Math.log(close / base);
  const lossOf = (truth: number) => (truth - forecastOf(row)) ** 2;
  const endMs = Math.floor(baseMs / intervalMs) * intervalMs;
  const path = () => loadSeries(candles, pair, intervalMs, endMs - intervalMs, endMs + horizonMs);
  switch (topic.target) {
    case "log-return":
      return { realised: logReturn, loss: lossOf(logReturn), lossZero: logReturn ** 2 };
    case "price":
      return { realised: close, loss: lossOf(close), lossZero: (close - base) ** 2 };
    case "labels": {
      const realised = tripleBarrier(path(), 0, horizonMs / intervalMs, topic.barrier, sigma);
      return realised === undefined ? undefined : { realised, loss: lossOf(realised) };
    }
    case "volatility": {
      const realised = realisedVolatility(path());
      return realised === undefined ? undefined : { realised, loss: lossOf(realised) };
    }
  }
}

/** The number that was forecast; of several labels the expected class, from -1 to 1. */
export function forecastOf({ value, labels }: Pick<Submission, "value" | "labels">): number {
  if (labels === null) return Number(value);
  return labels.reduce((sum, { value }, place) => sum + (place - 1) * Number(value), 0);
}
