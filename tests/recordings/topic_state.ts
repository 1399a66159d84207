import type { InferenceSpec, TopicSpec } from "../../src/devnet/chain.ts";
import { at, list, number, text } from "./recording.ts";

/** What an answer about a topic tells of the topic: each function reads one kind of answer. */

export function topicFields(answer: unknown): Partial<TopicSpec> {
  const topic = at(answer, "topic");
  const multi = text(topic, "outputArity").endsWith("MULTI");
  return {
    creator: text(topic, "creator"),
    metadata: text(topic, "metadata"),
    lossMethod: text(topic, "lossMethod"),
    epochLastEnded: number(topic, "epochLastEnded"),
    epochLength: number(topic, "epochLength"),
    groundTruthLag: number(topic, "groundTruthLag"),
    submissionWindow: number(topic, "workerSubmissionWindow"),
    allowNegative: at(topic, "allowNegative") === true,
    arity: multi ? "multi" : "single",
    requireUnity: at(topic, "requireUnity") === true,
    unityTolerance: text(topic, "unityTolerance") || "0",
    maxLabels: number(topic, "maxLabelsPerSubmission") || 1,
    labelWhitelist: list(topic, "labelWhitelist").map(String),
    weight: text(answer, "weight"),
    effectiveRevenue: text(answer, "effectiveRevenue"),
    topicStake: text(answer, "topicStake"),
  };
}

/** Oldest epoch first, inferers in the order they were answered. */
export function settled(scores: readonly unknown[]): NonNullable<TopicSpec["settled"]> {
  return scores.map((one) => ({
    nonce: number(one, "blockHeight"),
    worker: text(one, "address"),
    score: text(one, "score"),
  })).sort((a, b) => a.nonce - b.nonce);
}

export function latest(inference: unknown): Partial<TopicSpec> {
  const nonce = number(inference, "blockHeight");
  if (nonce === 0) return {};
  const values = labelled(list(inference, "values"));
  return {
    openNonce: nonce,
    ...multi(values),
    // labels that this worker gave no value came from another
    inferences: [{
      nonce,
      worker: text(inference, "inferer"),
      value: text(inference, "value"),
      values,
    }],
    labels: values.map(({ label }) => label),
  };
}

function multi(values: readonly unknown[]): Partial<TopicSpec> {
  return values.length > 0 ? { arity: "multi" } : {};
}

function labelled(values: readonly unknown[]) {
  return values.map((one) => ({ label: text(one, "label"), value: text(one, "value") }));
}

/** Dense rows name no labels: any names do, and those of v9 have no row at all. */
export function closedInferences(rows: readonly unknown[]): Partial<TopicSpec> {
  const width = Math.max(0, ...rows.map((row) => list(row, "values").length));
  const labels = width > 1 ? Array.from({ length: width }, (_, index) => `label${index}`) : [];
  return {
    ...multi(labels),
    labels,
    inferences: rows.map((row): InferenceSpec => {
      const dense = list(row, "values").map(String);
      return {
        nonce: number(row, "blockHeight"),
        worker: text(row, "inferer"),
        value: text(row, "value") || (labels.length > 0 ? "0" : dense[0] ?? "0"),
        ...(labels.length > 0
          ? { values: labels.map((label, index) => ({ label, value: dense[index] ?? "0" })) }
          : {}),
      };
    }),
  };
}

export function networkInferences(answer: unknown, nonce: number): Partial<TopicSpec> {
  const rows = list(answer, "networkInferences", "infererValues");
  const labels = list(rows[0], "values").map((one) => text(one, "labelName"));
  const several = labels.length > 1 ? labels : [];
  return {
    ...multi(several),
    labels: several,
    inferences: rows.map((row): InferenceSpec => {
      const dense = list(row, "values").map((one) => text(one, "value"));
      return {
        nonce,
        worker: text(row, "worker"),
        value: text(row, "value") || (several.length > 0 ? "0" : dense[0] ?? "0"),
        ...(several.length > 0
          ? { values: several.map((label, index) => ({ label, value: dense[index] ?? "0" })) }
          : {}),
      };
    }),
  };
}
