import type { TopicSpec, TopicTarget } from "./chain_types.ts";

export const DEFAULT_CHAIN_ID = "allora-devnet-1";
export const DEFAULT_BLOCK_MS = 5000;
/** Two months before the packaged candles end. */
export const DEFAULT_START_MS = Date.UTC(2024, 10, 1);

/** Blocks of an hour at the devnet's 5 s a block. */
const HOUR = 720;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The topics of a devnet to which none are given; their ids are fixed:
 *
 * | id | what | horizon | arity |
 * |---|---|---|---|
 * | 1 | BTC/USD log-return (the demo's topic) | 1 h | SINGLE |
 * | 2 | ETH/USD log-return | 24 h | SINGLE |
 * | 3 | BTC/USD price | 1 h | SINGLE |
 * | 4 | BTC/USD volatility (√Σr² over the horizon) | 24 h | SINGLE |
 * | 5 | BTC/USD down, neutral, up; sums to 1 (v10 only) | 24 h | MULTI |
 *
 * Each opens a window of 600 blocks every 720; scores come when the horizon has passed.
 */
export function defaultTopics(generation: 9 | 10): TopicSpec[] {
  const topics = [
    topic(1, "1h BTC/USD Log-Return Prediction", "log-return", "BTC/USD", HOUR_MS),
    topic(2, "1 day ETH/USD Log-Return Prediction", "log-return", "ETH/USD", DAY_MS),
    topic(3, "1h BTC/USD Price Prediction", "price", "BTC/USD", HOUR_MS),
    topic(4, "1 day BTC/USD Volatility Prediction", "volatility", "BTC/USD", DAY_MS),
  ];
  const labels: TopicSpec = {
    ...topic(5, "1 day BTC/USD Down/Neutral/Up Prediction", "labels", "BTC/USD", DAY_MS),
    arity: "multi",
    labelWhitelist: ["down", "neutral", "up"],
    maxLabels: 3,
    requireUnity: true,
    unityTolerance: "0.0001",
  };
  return generation === 10 ? [...topics, labels] : topics;
}

const LOSS_METHODS: Readonly<Record<TopicTarget["kind"], string>> = {
  "log-return": "czar",
  price: "mse",
  volatility: "mse",
  labels: "bce",
};

function topic(
  id: number,
  metadata: string,
  kind: TopicTarget["kind"],
  pair: string,
  horizonMs: number,
): TopicSpec {
  return {
    id,
    metadata,
    lossMethod: LOSS_METHODS[kind],
    epochLength: HOUR,
    submissionWindow: 600,
    groundTruthLag: (horizonMs / HOUR_MS) * HOUR,
    arity: "single",
    allowNegative: kind === "log-return",
    target: { kind, pair, horizonMs },
  };
}
