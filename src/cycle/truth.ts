import type { Settlement, Submission } from "../ledger/submission.ts";
import { loadSeries } from "../market/feed.ts";
import { realisedVolatility } from "../market/realised_volatility.ts";
import type { CandleStore } from "../market/store.ts";
import { tripleBarrier } from "../model/triple_barrier.ts";
import type { TopicSettings } from "../settings.ts";
import { candlesName } from "./topic_candles.ts";

/** What came true, in the unit of the prediction, and the squared errors against it. */
type Outcome = Partial<Pick<Settlement, "loss" | "lossZero">> & { readonly realised: number };

/**
 * What the prediction was of: from the close of the last candle that had ended at the nonce's minute,
 * whatever the model had to start from, to that of the last one ended a horizon later; its squared
 * error, and that of the forecast that nothing changes. Undefined while a candle is missing.
 */
export function outcomeOf(
  candles: CandleStore,
  topic: TopicSettings,
  row: Submission,
): Outcome | undefined {
  const { baseMs, sigma } = row;
  if (baseMs === null || sigma === null) return undefined;
  const { intervalMs, horizonMs } = topic;
  const pair = candlesName(topic);
  const base = candles.closeAt(pair, intervalMs, baseMs);
  const close = candles.closeAt(pair, intervalMs, baseMs + horizonMs);
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
