import type { PipelineError } from "../errors.ts";
import { confirmTransaction, type Ending } from "./confirm_transaction.ts";
import { failureOf } from "./run.ts";
import type { InFlight } from "./send_transaction.ts";
import type { Session } from "./session.ts";
import { attempt, outcomeOf, type TopicOutcome } from "./topic_outcome.ts";
import { type DueTopic, mayTryAgain, type Prepared, submitPrediction } from "./visit_topic.ts";

/** A topic with a prediction that is written down. */
export interface Ready {
  readonly due: DueTopic;
  readonly prepared: Prepared;
}

/**
 * Sends the predictions in order, each at the sequence after the one before, and waits for all of them.
 * What a block refused for its gas, its fee or its sequence gets one more try, once all is known.
 */
export async function submitAll(
  session: Session,
  ready: readonly Ready[],
): Promise<readonly TopicOutcome[]> {
  const outcomes = await sendAndWait(session, ready);
  if (session.run.dryRun || session.run.signal.aborted) return outcomes;
  const again = ready.filter(({ due: { topic, window } }, place) =>
    outcomes[place]?.state === "failed" && outcomes[place]?.hash !== undefined &&
    mayTryAgain(session, topic.topicId, window.nonce)
  );
  const second = await sendAndWait(session, again);
  return outcomes.map((outcome, place) => second[again.indexOf(ready[place]!)] ?? outcome);
}

async function sendAndWait(
  session: Session,
  ready: readonly Ready[],
): Promise<readonly TopicOutcome[]> {
  const sent: (TopicOutcome | Sent)[] = [];
  for (const each of ready) sent.push(await send(session, each));
  return await Promise.all(
    sent.map(async (each) => "flight" in each ? await finish(session, each) : each),
  );
}

interface Sent {
  readonly flight: InFlight;
  readonly value: string;
}

async function send(session: Session, { due, prepared }: Ready): Promise<TopicOutcome | Sent> {
  const { topicId } = due.topic;
  const value = prepared.labels === null ? prepared.value : JSON.stringify(prepared.labels);
  const facts = { topicId, nonce: due.window.nonce, value };
  const { value: flight, failure } = await attempt(
    session.run,
    due.topic,
    () => submitPrediction(session, due, prepared),
  );
  if (failure !== undefined) return { ...failure, ...facts };
  if (flight === undefined) return { ...facts, state: "already-submitted" };
  const { hash, feeUallo } = flight;
  if (session.run.dryRun) {
    session.run.tell("submission.simulated", { topic: topicId, nonce: facts.nonce, hash });
    return { ...facts, state: "rehearsed", hash, feeUallo };
  }
  return { flight, value };
}

async function finish(session: Session, { flight, value }: Sent): Promise<TopicOutcome> {
  return { value, ...outcomeOf(flight, await confirmOrFail(session, flight)) };
}

/** How the transaction ended, or why that is not known yet; it is then looked up by the next visit. */
export async function confirmOrFail(
  session: Session,
  flight: InFlight,
): Promise<Ending | PipelineError> {
  try {
    return await confirmTransaction(session, flight);
  } catch (thrown) {
    return failureOf(session.run, thrown);
  }
}
