import type { ChainClient } from "../chain/client.ts";
import { EXIT_CODES, worstExitCode } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import { isAccountOurs } from "./account.ts";
import { announceUpgrade } from "./announce_upgrade.ts";
import { connectTo } from "./connect.ts";
import { isQuiet } from "./quiet.ts";
import { retrainModels } from "./retrain.ts";
import { recallWindows } from "./missed_windows.ts";
import { recover } from "./recover.ts";
import { failureOf, isOver, record, type Run } from "./run.ts";
import { Session } from "./session.ts";
import { settleWindows } from "./settle.ts";
import { confirmOrFail, finishFormer, submitAll } from "./submit_all.ts";
import { attempt, outcomeOf, type TopicOutcome } from "./topic_outcome.ts";
import { givenUp } from "./try_again.ts";
import { dueTopic } from "./visit_topic.ts";
import { type Worker, workerOf } from "./worker.ts";

/** What a visit did; `exitCode` is the worst of its topics'. */
export interface CycleReport {
  readonly outcomes: readonly TopicOutcome[];
  readonly exitCode: number;
}

/** What outlives a visit in the daemon: the open connection and the derived wallet. */
export interface Kept {
  readonly chain?: ChainClient;
  readonly worker?: Worker;
  /** There is a reason for the visit that the ledger does not know. */
  readonly isCalled?: boolean;
}

/**
 * One visit to every topic:
 *
 * what a former visit left unfinished is looked up first; each topic with an open window that is not
 * settled gets a prediction, judged and written down, which is signed, written down and sent, one
 * after another; every transaction under way is waited for; closed windows are proved and scored, and
 * those that passed while nobody looked are written down; last, models that have grown old or wrong
 * are trained again.
 *
 * One topic's failure does not stop another. Throws only what concerns all of them: no wallet, no chain.
 */
export async function runCycle(
  run: Run,
  topics: readonly TopicSettings[],
  kept: Kept = {},
): Promise<CycleReport> {
  const worker = kept.worker ?? await workerOf(run);
  if (!kept.isCalled && isQuiet(run, topics, worker)) return report(topics.map(idle));

  try {
    const chain = kept.chain ?? await connectTo(run);
    try {
      return await visit(new Session(run, chain, worker), topics);
    } finally {
      if (!run.dryRun) record(run, () => run.ledger.recordEndpoints(chain.records()));
    }
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
  const former = run.dryRun ? [] : await recover(session);
  const underWay = former.flatMap(({ found }) => "isSent" in found ? found : []);
  const ended = former.flatMap(({ flight, found }) =>
    "isSent" in found ? [] : outcomeOf(flight, found)
  );
  run.host.reached("recovered");
  const head = await session.head();
  checkSkew(run, chain.chainId, head.timeMs);

  let isAllOurs: Promise<boolean> | undefined;
  const askOnce = () => isAllOurs ??= isAccountOurs(session);
  const found = await Promise.all(
    topics.map((topic) => attempt(run, topic, () => dueTopic(session, topic, head, askOnce))),
  );
  const due = found.flatMap(({ value }) => value ?? []);
  // What was sent before and what is sent now hold each other up: both are waited for at once.
  const payloads = underWay.filter(({ kind }) => kind === "payload");
  const [submitted, finished] = await Promise.all([
    submitAll(session, due),
    Promise.all(payloads.map((flight) =>
      finishFormer(session, flight, async () => {
        const topic = topics.find(({ topicId }) => topicId === flight.topicId);
        return topic && await dueTopic(session, topic, await session.head(), askOnce);
      })
    )),
  ]);
  // A registration among them has been waited for where it was needed.
  const pending = new Set(
    run.ledger.pendingTransactions(session.worker.address).map(({ hash }) => hash),
  );
  const registered = await Promise.all(
    underWay.filter(({ kind, hash }) => kind === "register" && pending.has(hash))
      .map(async (flight) => outcomeOf(flight, await confirmOrFail(session, flight))),
  );
  const outcomes = [
    ...found.flatMap(({ failure }) => failure ?? []),
    ...submitted,
    ...finished,
    ...registered,
  ];
  if (!run.dryRun && !isOver(run)) await settleWindows(session, topics);
  if (!run.dryRun && !isOver(run)) await recallWindows(session, topics);
  if (due.length > 0 && !isOver(run)) await announceUpgrade(session);
  if (!run.dryRun && !isOver(run)) await retrainModels(run, topics, head.timeMs);
  const isReplaced = (former: TopicOutcome) =>
    outcomes.some(({ topicId, nonce }) => topicId === former.topicId && nonce === former.nonce);
  const busy = [...ended.filter((former) => !isReplaced(former)), ...outcomes];
  const quiet = topics.filter(({ topicId }) => !busy.some((each) => each.topicId === topicId));
  // A rehearsal writes no window down: the ledger may know an older one.
  const atRest = (topic: TopicSettings) =>
    (run.dryRun ? undefined : givenUp(session, topic.topicId)) ?? idle(topic);
  return report([...busy, ...quiet.map(atRest)]);
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

function idle({ topicId }: TopicSettings): TopicOutcome {
  return { topicId, state: "idle" };
}

function report(outcomes: readonly TopicOutcome[]): CycleReport {
  const sorted = outcomes.toSorted((a, b) => a.topicId < b.topicId ? -1 : 1);
  const codes = sorted.flatMap(({ error }) => error === undefined ? [] : EXIT_CODES[error.kind]);
  return { outcomes: sorted, exitCode: worstExitCode(codes) };
}
