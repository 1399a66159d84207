import { PipelineError } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import type { Ending } from "./confirm_transaction.ts";
import { failureOf, type Run } from "./run.ts";
import type { InFlight } from "./send_transaction.ts";

/** How one topic's visit ended. */
export interface TopicOutcome {
  readonly topicId: bigint;
  /** "sent": its end is not known yet, and the visit was told not to wait for it. */
  readonly state: "idle" | "sent" | "confirmed" | "already-submitted" | "rehearsed" | "failed";
  readonly nonce?: bigint;
  readonly value?: string;
  readonly hash?: string;
  readonly feeUallo?: bigint;
  readonly error?: PipelineError;
}

/** What the end of a transaction, or not knowing it, means for its topic. */
export function outcomeOf(flight: InFlight, ending: Ending | PipelineError): TopicOutcome {
  const { topicId, nonce, hash } = flight;
  const facts = { topicId, nonce, hash };
  if (ending instanceof PipelineError) return { ...facts, state: "failed", error: ending };
  if (ending.state === "sent") return { ...facts, state: "sent" };
  if (ending.state === "confirmed") {
    return { ...facts, state: "confirmed", feeUallo: ending.feePaidUallo };
  }
  if (ending.state === "rejected" && ending.refusal.class === "done") {
    return { ...facts, state: "already-submitted", feeUallo: ending.feePaidUallo };
  }
  const error = ending.state === "rejected" ? ending.refusal : new PipelineError(
    "retry",
    `Cannot confirm topic ${topicId} nonce ${nonce}: no block took ${hash} in the window`,
  );
  return { ...facts, state: "failed", error };
}

/** The step's value, or the topic's failure, which stops no other topic. */
export async function attempt<T>(
  run: Run,
  { topicId }: Pick<TopicSettings, "topicId">,
  step: () => Promise<T>,
): Promise<{ readonly value?: T; readonly failure?: TopicOutcome }> {
  try {
    return { value: await step() };
  } catch (thrown) {
    const error = failureOf(run, thrown);
    return { failure: { topicId, state: "failed", error } };
  }
}
