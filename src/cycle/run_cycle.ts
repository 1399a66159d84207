import type { ChainClient } from "../chain/client.ts";
import { EXIT_CODES, PipelineError, worstExitCode } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import { confirmTransaction, type Ending, resume } from "./confirm_transaction.ts";
import { connectTo } from "./connect.ts";
import { isQuiet } from "./quiet.ts";
import { recallWindows } from "./missed_windows.ts";
import { failureOf, type Run } from "./run.ts";
import type { InFlight } from "./send_transaction.ts";
import { Session } from "./session.ts";
import { settleWindows } from "./settle.ts";
import {
  type DueTopic,
  dueTopic,
  type Prepared,
  preparePrediction,
  submitPrediction,
} from "./visit_topic.ts";
import { type Worker, workerOf } from "./worker.ts";

/** How one topic's visit ended. */
export interface TopicOutcome {
  readonly topicId: bigint;
  readonly state: "idle" | "confirmed" | "already-submitted" | "rehearsed" | "failed";
  readonly nonce?: bigint;
  readonly value?: string;
  readonly hash?: string;
  readonly feeUallo?: bigint;
  readonly error?: PipelineError;
}

/** What a visit did; `exitCode` is the worst of its topics'. */
export interface CycleReport {
  readonly outcomes: readonly TopicOutcome[];
  readonly exitCode: number;
}

/** What outlives a visit in the daemon: the open connection and the derived wallet. */
export interface Kept {
  readonly chain?: ChainClient;
  readonly worker?: Worker;
}

/**
 * One visit to every topic:
 *
 * what a former visit left unfinished is looked up first; each topic with an open window that is not
 * settled gets a prediction, judged and written down; they are signed, written down and sent in
 * order; every transaction under way is waited for; closed windows are proved and scored, and those
 * that passed while nobody looked are written down.
 *
 * One topic's failure does not stop another. Throws only what concerns all of them: no wallet, no chain.
 */
export async function runCycle(
  run: Run,
  topics: readonly TopicSettings[],
  kept: Kept = {},
): Promise<CycleReport> {
  const worker = kept.worker ?? await workerOf(run);
  if (isQuiet(run, topics, worker)) return report(topics.map(idle));

  try {
    const chain = kept.chain ?? await connectTo(run);
    return await visit(new Session(run, chain, worker), topics);
  } catch (thrown) {
    throw failureOf(run, thrown);
  }
}

/** Only proves and scores what was sent before. */
export async function settleCycle(
  run: Run,
  topics: readonly TopicSettings[],
  worker: Worker,
): Promise<void> {
  const chain = await connectTo(run);
  await settleWindows(new Session(run, chain, worker), topics);
}

async function visit(session: Session, topics: readonly TopicSettings[]): Promise<CycleReport> {
  const { chain, run } = session;
  run.host.reached("started");
  const { underWay, ended } = run.dryRun ? { underWay: [], ended: [] } : await recover(session);
  run.host.reached("recovered");
  const head = await chain.head();
  checkSkew(run, chain.chainId, head.timeMs);

  const found = await Promise.all(
    topics.map((topic) => attempt(run, topic, () => dueTopic(session, topic, head))),
  );
  const due = found.flatMap(({ value }) => value ?? []);
  const prepared = await Promise.all(
    due.map((each) => attempt(run, each.topic, () => preparePrediction(session, each))),
  );
  const sent: (TopicOutcome | Sent)[] = [];
  for (const [place, each] of due.entries()) {
    const { value, failure } = prepared[place]!;
    sent.push(failure ?? await send(session, each, value!));
  }
  const outcomes = [
    ...found.flatMap(({ failure }) => failure ?? []),
    ...await Promise.all(sent.map((each) => "flight" in each ? finish(session, each) : each)),
  ];
  // A registration among them has been waited for where it was needed.
  const pending = new Set(
    run.ledger.pendingTransactions(session.worker.address).map(({ hash }) => hash),
  );
  const recovered = await Promise.all(
    underWay.filter(({ hash }) => pending.has(hash)).map(async (flight) =>
      outcomeOf(flight, await confirmOrFail(session, flight))
    ),
  );
  if (!run.dryRun && !run.signal.aborted) await settleWindows(session, topics);
  if (!run.dryRun && !run.signal.aborted) await recallWindows(session, topics);
  const busy = [...ended, ...outcomes, ...recovered];
  const quiet = topics.filter(({ topicId }) => !busy.some((each) => each.topicId === topicId));
  return report([...busy, ...quiet.map(idle)]);
}

/**
 * Looks every transaction of former visits up, and offers those again that no node has taken yet, before
 * anything new is signed. Returns how they ended, and the ones to be waited for at the end.
 */
async function recover(
  session: Session,
): Promise<{ readonly underWay: readonly InFlight[]; readonly ended: readonly TopicOutcome[] }> {
  const { chain, run, worker } = session;
  const flights = run.ledger.pendingTransactions(worker.address)
    .map((transaction) => ({ ...transaction, isSent: false }));
  const found = await Promise.all(flights.map(async (flight) => {
    try {
      return await resume(session, flight);
    } catch (thrown) {
      run.tell("endpoint.failed", { url: chain.url, error: failureOf(run, thrown).message });
      return flight;
    }
  }));
  return {
    underWay: found.filter((each) => "isSent" in each),
    ended: found.flatMap((each, place) => "isSent" in each ? [] : outcomeOf(flights[place]!, each)),
  };
}

/** A head block is a few seconds old; beyond this a clock is wrong, or the node has stopped. */
const MAX_SKEW_MS = 120_000;

/** The wall clock only serves deadlines, but a wrong one fails certificates and misleads a reader of logs. */
function checkSkew({ host, tell }: Run, chainId: string, headMs: number): void {
  // The devnet lives in another time by design.
  if (chainId.startsWith("allora-devnet-")) return;
  const skewMs = host.nowMs() - headMs;
  if (Math.abs(skewMs) <= MAX_SKEW_MS) return;
  tell("clock.skewed", { skew_seconds: Math.round(skewMs / 1000), chain_id: chainId });
}

interface Sent {
  readonly due: DueTopic;
  readonly flight: InFlight;
  readonly value: string;
}

async function send(
  session: Session,
  due: DueTopic,
  prepared: Prepared,
): Promise<TopicOutcome | Sent> {
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
  return { due, flight, value };
}

async function finish(session: Session, { flight, value }: Sent): Promise<TopicOutcome> {
  return { value, ...outcomeOf(flight, await confirmOrFail(session, flight)) };
}

function outcomeOf(flight: InFlight, ending: Ending | PipelineError): TopicOutcome {
  const { topicId, nonce, hash } = flight;
  const facts = { topicId, nonce, hash };
  if (ending instanceof PipelineError) return { ...facts, state: "failed", error: ending };
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

/** How the transaction ended, or why that is not known yet; it is then looked up by the next visit. */
async function confirmOrFail(session: Session, flight: InFlight): Promise<Ending | PipelineError> {
  try {
    return await confirmTransaction(session, flight);
  } catch (thrown) {
    return failureOf(session.run, thrown);
  }
}

/** The step's value, or the topic's failure, which the log has then. */
async function attempt<T>(
  run: Run,
  { topicId }: TopicSettings,
  step: () => Promise<T>,
): Promise<{ readonly value?: T; readonly failure?: TopicOutcome }> {
  try {
    return { value: await step() };
  } catch (thrown) {
    const error = failureOf(run, thrown);
    return { failure: { topicId, state: "failed", error } };
  }
}

function idle({ topicId }: TopicSettings): TopicOutcome {
  return { topicId, state: "idle" };
}

function report(outcomes: readonly TopicOutcome[]): CycleReport {
  const sorted = outcomes.toSorted((a, b) => a.topicId < b.topicId ? -1 : 1);
  const codes = sorted.flatMap(({ error }) => error === undefined ? [] : EXIT_CODES[error.kind]);
  return { outcomes: sorted, exitCode: worstExitCode(codes) };
}
