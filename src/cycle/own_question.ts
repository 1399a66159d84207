import { isRecord } from "../model/artifact_shape.ts";
import { defect } from "../model/own_answer.ts";
import { endMs, type Series } from "../model/series.ts";
import { duration } from "../settings/setting_type.ts";
import type { TopicSettings } from "../settings.ts";

/** What a model of the person's own is asked; posted as it is to a URL. */
export interface Question {
  readonly topic_id: string;
  readonly target: string;
  readonly pair: string;
  readonly horizon_seconds: number;
  readonly interval_seconds: number;
  /** The window's nonce; null when none is known, as in `predict`. */
  readonly nonce: string | null;
  /** End of the last candle, and its close. */
  readonly as_of: string;
  readonly base_price: number;
  /** From falling to rising, and where the barriers stand; only for a topic of labels. */
  readonly labels?: readonly string[];
  readonly barrier?: number;
  readonly candles: Readonly<Record<string, readonly number[]>>;
}

/** The question for the last candle of the series, all of whose candles are shown. */
export function questionOf(
  topic: TopicSettings,
  series: Series,
  nonce: bigint | undefined,
): Question {
  const { open, high, low, close, volume, real, startMs, intervalMs } = series;
  const last = close.length - 1;
  const columns = { open, high, low, close, volume, real };
  return {
    topic_id: String(topic.topicId),
    target: topic.target,
    pair: topic.pair,
    horizon_seconds: topic.horizonMs / 1000,
    interval_seconds: intervalMs / 1000,
    nonce: nonce === undefined ? null : String(nonce),
    as_of: new Date(endMs(series, last)).toISOString(),
    base_price: close[last] ?? NaN,
    ...topic.target === "labels" && { labels: topic.labels, barrier: topic.barrier },
    candles: {
      open_ms: Array.from(close, (_, i) => startMs + i * intervalMs),
      ...Object.fromEntries(
        Object.entries(columns).map(([name, column]) => [name, Array.from(column)]),
      ),
    },
  };
}

const REPEATED = [
  "topic_id",
  "target",
  "pair",
  "horizon_seconds",
  "interval_seconds",
  "nonce",
] as const;
const anyDuration = duration("1ms", "4000d");

/**
 * What an answer repeats of its question must be the same: an answer to another question is worse than
 * none. "horizon" may also be written as in the settings, or in seconds. Throws "invalid".
 */
export function assertAnswers(answer: unknown, question: Question, subject: string): void {
  if (!isRecord(answer)) return;
  const { horizon } = answer;
  const horizonSeconds = typeof horizon === "string"
    ? (anyDuration.parse(horizon, "") ?? NaN) / 1000
    : horizon;
  const pairs = [
    ["horizon", horizonSeconds, question.horizon_seconds] as const,
    ...REPEATED.map((name) => [name, answer[name], question[name]] as const),
  ];
  for (const [name, repeated, asked] of pairs) {
    if (repeated === undefined || repeated === null || asked === null) continue;
    if (String(repeated) === String(asked)) continue;
    const found = (JSON.stringify(answer[name]) ?? "").slice(0, 80);
    throw defect(subject, `its ${name} is ${found}, asked is ${JSON.stringify(asked)}`);
  }
}
