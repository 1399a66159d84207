import type { PipelineError } from "../errors.ts";
import { confirmTransaction, type Ending } from "./confirm_transaction.ts";
import { failureOf } from "./run.ts";
import type { InFlight } from "./send_transaction.ts";
import type { Session } from "./session.ts";
import { attempt, outcomeOf, type TopicOutcome } from "./topic_outcome.ts";
import { mayTryAgain } from "./try_again.ts";
import {
  type DueTopic,
  type Prepared,
  preparePrediction,
  submitPrediction,
} from "./visit_topic.ts";

/**
 * Predicts, sends and waits for every topic at once; only signing and sending go one after another, in
 * the order in which the predictions are ready, so that a slow venue keeps nobody else waiting.
 */
export function submitAll(
  session: Session,
  due: readonly DueTopic[],
): Promise<readonly TopicOutcome[]> {
  return Promise.all(due.map((each) => submitOne(session, each)));
}

async function submitOne(session: Session, due: DueTopic): Promise<TopicOutcome> {
  const { run } = session;
  const { topic: { topicId }, window: { nonce } } = due;
  const { value: prepared, failure } = await attempt(
    run,
    due.topic,
    () => preparePrediction(session, due),
  );
  if (prepared === undefined) return { topicId, state: "failed", ...failure };
  const outcome = await sendAndWait(session, due, prepared);
  // What a block refused for its gas, its fee or its sequence gets one more try at once.
  const isInBlock = outcome.state === "failed" && outcome.hash !== undefined;
  if (!isInBlock || run.dryRun || run.signal.aborted) return outcome;
  return mayTryAgain(session, topicId, nonce) ? await sendAndWait(session, due, prepared) : outcome;
}

/**
 * Waits for a payload of a former visit; refused so that another try may pass, its window is gone on with
 * at once, as `due` finds it: what was signed after it cannot land before.
 */
export async function finishFormer(
  session: Session,
  flight: InFlight,
  due: () => Promise<DueTopic | undefined>,
): Promise<TopicOutcome> {
  const outcome = outcomeOf(flight, await confirmOrFail(session, flight));
  const { run } = session;
  if (outcome.state !== "failed" || run.signal.aborted) return outcome;
  if (!mayTryAgain(session, flight.topicId, flight.nonce)) return outcome;
  const { value: again, failure } = await attempt(run, flight, due);
  if (failure !== undefined) return failure;
  return again === undefined ? outcome : await submitOne(session, again);
}

async function sendAndWait(
  session: Session,
  due: DueTopic,
  prepared: Prepared,
): Promise<TopicOutcome> {
  const { topic: { topicId }, window: { nonce } } = due;
  const value = prepared.labels === null ? prepared.value : JSON.stringify(prepared.labels);
  const facts = { topicId, nonce, value };
  const { value: flight, failure } = await attempt(
    session.run,
    due.topic,
    () => submitPrediction(session, due, prepared),
  );
  if (failure !== undefined) return { ...failure, ...facts };
  if (flight === undefined) return { ...facts, state: "already-submitted" };
  const { hash, feeUallo } = flight;
  if (session.run.dryRun) {
    session.run.tell("submission.simulated", { topic: topicId, nonce, hash });
    return { ...facts, state: "rehearsed", hash, feeUallo };
  }
  return { value, ...outcomeOf(flight, await confirmOrFail(session, flight)) };
}

/** How the transaction ended, or why that is not known yet; it is then looked up by the next visit. */
export async function confirmOrFail(
  session: Session,
  flight: InFlight,
): Promise<Ending | PipelineError> {
  try {
    return await confirmTransaction(session, flight, session.run.hurry);
  } catch (thrown) {
    return failureOf(session.run, thrown);
  }
}
