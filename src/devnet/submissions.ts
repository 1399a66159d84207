import type { InferenceSpec, TopicSpec } from "./chain_types.ts";
import type { Inference } from "./messages.ts";
import type { NetworkInference } from "./network_inference.ts";

/** One worker's inference of one epoch: what was sent, and the values by label. */
export interface Submission {
  readonly worker: string;
  /** As sent, labels in canonical form. */
  readonly input: Inference;
  /** The epoch's labels when it was taken. */
  readonly labels: readonly string[];
  /** Values other than the default by label; SINGLE topics have the label "y". */
  readonly values: ReadonlyMap<string, string>;
}

/** A worker submission window: open for nonce < height <= end. */
export interface EpochWindow {
  readonly nonce: number;
  readonly end: number;
  /** Labels in the order they were first seen. */
  labels: readonly string[];
  readonly active: Map<string, Submission>;
}

export interface ClosedEpoch {
  readonly nonce: number;
  readonly labels: readonly string[];
  readonly submissions: readonly Submission[];
  readonly network: NetworkInference | undefined;
  /** Height at which reputers settle the epoch; undefined when it is settled. */
  due: number | undefined;
  attempts: number;
  /** Losses a reputer sent, by worker; without them the devnet's own reputers measure. */
  reported?: ReadonlyMap<string, number>;
}

/** The values that count, by label: the scalar of a SINGLE topic is "y"'s. */
export function labelledValues(
  spec: TopicSpec,
  given: Pick<InferenceSpec, "value" | "values">,
): Map<string, string> {
  if (spec.arity === "single") return new Map([["y", given.values?.[0]?.value ?? given.value]]);
  const fallback = Number(spec.labelDefault ?? "0");
  return new Map(
    (given.values ?? []).filter(({ value }) => Number(value) !== fallback)
      .map(({ label, value }) => [label, value]),
  );
}

/** One value for every label of the epoch, the topic's default where the worker gave none. */
export function denseValues(
  spec: TopicSpec,
  labels: readonly string[],
  submission: Submission,
): readonly string[] {
  return labels.map((label) => submission.values.get(label) ?? spec.labelDefault ?? "0");
}
