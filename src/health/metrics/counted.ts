import { counter, type Family, gauge, known, seconds } from "./family.ts";
import type { Source } from "./source.ts";

/** Settled submissions over which a forecast's error is judged. */
const JUDGED = 100;

const OUTCOMES = [["proven", "met"], ["missed", "missed"], ["unknown", "unknown"]] as const;
const STATES = ["confirmed", "rejected", "expired", "refused"] as const;

/** Did it count? Of every topic that is on both outcomes are there, from 0. */
export function counted({ ledger, topicIds, models }: Source): readonly Family[] {
  const windows = ledger.windowTotals();
  const submissions = ledger.submissionTotals();
  const topics = topicIds.map((topicId) => ({
    topicId,
    labels: { topic: String(topicId) },
    past: ledger.history(topicId, JUDGED),
  }));
  return [
    counter(
      "windows_total",
      "Windows that have closed; met: the chain counts our prediction among those of the epoch",
      topics.flatMap(({ topicId, labels }) =>
        OUTCOMES.map(([stored, outcome]) => ({
          labels: { ...labels, outcome },
          value: Number(
            windows.find((each) => each.topicId === topicId && each.outcome === stored)?.count ?? 0,
          ),
        }))
      ),
    ),
    counter(
      "submissions_total",
      "Predictions by their end; refused: by the own validator; rejected: by the chain; " +
        "expired: no block held it in time",
      topics.flatMap(({ topicId, labels }) =>
        STATES.map((state) => ({
          labels: { ...labels, result: state },
          value: Number(
            submissions.find((each) => each.topicId === topicId && each.state === state)?.count ??
              0,
          ),
        }))
      ),
    ),
    gauge(
      "ema_score",
      "The worker's moving score in the topic after its last scored epoch",
      topics.flatMap(({ labels, past }) => {
        const scored = past.find(({ emaScore }) => emaScore !== null);
        return scored === undefined ? [] : known(labels, Number(scored.emaScore));
      }),
    ),
    gauge(
      "squared_error_ratio",
      `Squared error of the last ${JUDGED} submissions over that of the zero forecast; below 1 is better`,
      topics.flatMap(({ labels, past }) => {
        const judged = past.filter(({ loss, lossZero }) => loss !== null && lossZero !== null);
        const sum = (key: "loss" | "lossZero") =>
          judged.reduce((total, each) => total + (each[key] ?? 0), 0);
        return known(labels, sum("lossZero") > 0 ? sum("loss") / sum("lossZero") : undefined);
      }),
    ),
    gauge(
      "model_trained_timestamp_seconds",
      "End of the data that the topic's model was trained with; missing for a model of one's own",
      topics.flatMap(({ topicId, labels }) => known(labels, seconds(models.get(topicId)))),
    ),
  ];
}
