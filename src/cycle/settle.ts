import type { Submission } from "../ledger/submission.ts";
import { realisedVolatility } from "../market/realised_volatility.ts";
import { loadSeries } from "../market/feed.ts";
import type { TopicSettings } from "../settings.ts";
import { failureOf, type Run } from "./run.ts";
import type { Session } from "./session.ts";
import { refreshCandles } from "./topic_candles.ts";

const DAY_MS = 86_400_000;
/** Between two questions for the score of one window. */
const SCORE_PAUSE_MS = 10 * 60_000;

/**
 * After a window: proves from the chain's own list whether the inference counted, and, when the
 * horizon has passed, what it was worth. Whatever is not known yet is asked again at a later visit.
 */
export async function settleWindows(
  session: Session,
  topics: readonly TopicSettings[],
): Promise<void> {
  const { chain, run, worker } = session;
  const rows = run.ledger.unsettled(worker.address);
  const head = rows.length > 0 ? await attempt(run, {}, () => chain.head()) : undefined;
  if (head === undefined) return;
  for (const row of rows) {
    const topic = topics.find(({ topicId }) => topicId === row.topicId);
    // The list of another node behind the same address may be a block younger.
    if (row.windowCloses + 1n >= head.height) continue;
    await attempt(run, { topic: row.topicId, nonce: row.nonce }, async () => {
      const included = row.included ?? await prove(session, row);
      if (included && topic !== undefined) await score(session, topic, row, head.timeMs);
    });
    if (run.signal.aborted || run.hurry?.aborted) return;
  }
}

/** What was sent in this visit stands, whatever becomes of older windows: they are settled later. */
async function attempt<T>(run: Run, facts: object, step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (thrown) {
    run.tell("settling.failed", { error: failureOf(run, thrown).message, ...facts });
    return undefined;
  }
}

/** Whether the chain counts the inference; undefined while a transaction's outcome is unknown. */
async function prove(session: Session, row: Submission): Promise<boolean | undefined> {
  const { chain, run, worker } = session;
  const facts = { topic: row.topicId, nonce: row.nonce };
  if (row.state === "signed" || row.state === "sent") return undefined;
  if (row.state === "planned") {
    run.ledger.resolve(row, "expired", "its window closed before it was sent");
  }
  const counted = (await chain.inferencesAt(row.topicId, row.nonce))
    .some(({ inferer }) => inferer === worker.address);
  if (counted && row.state !== "confirmed") {
    const evidence = `the chain has an inference that was not sent from here (${row.state})`;
    run.tell("wallet.used_elsewhere", { ...facts, worker: worker.address, evidence });
  }
  run.host.reached("proven");
  run.ledger.settle(row, { included: counted }, { isFinal: !counted });
  run.host.reached("settled");
  const reason = counted ? null : row.reason ?? "not in the active set when the window closed";
  run.ledger.closeWindow(row, counted ? "proven" : "missed", reason);
  run.tell(counted ? "submission.proven" : "submission.missed", { ...facts, reason });
  return counted;
}

async function score(
  session: Session,
  topic: TopicSettings,
  row: Submission,
  nowMs: number,
): Promise<void> {
  const { chain, run, worker } = session;
  if (row.baseMs === null) return;
  const dueMs = row.baseMs + topic.horizonMs;
  if (nowMs < dueMs) return;
  const isWaitingForScore = row.realised !== null;
  if (isWaitingForScore && run.host.nowMs() - row.updatedMs < SCORE_PAUSE_MS) return;
  if (row.realised === null) await refreshCandles(run, topic, nowMs);
  const truth = row.realised ?? realise(run, topic, row);
  const chainScore = row.score ?? await chain.scoreAt(row.topicId, row.nonce, worker.address);
  const losses = truth === undefined ? {} : lossesOf(topic, row, truth);
  // Scores come with the reputers, a while after the truth; nobody waits for them for ever.
  const isOverdue = nowMs > dueMs + Math.max(DAY_MS, topic.horizonMs);
  const isFinal = truth !== undefined && chainScore !== undefined || isOverdue;
  if (truth === undefined && chainScore === undefined && !isFinal) return;
  const network = (await chain.networkInferenceAt(row.topicId, row.nonce))?.[0]?.value;
  run.ledger.settle(row, {
    score: chainScore ?? null,
    networkValue: network ?? null,
    realised: truth ?? null,
    ...losses,
  }, { isFinal });
  if (row.realised !== null || truth === undefined) return;
  run.tell("epoch.scored", {
    ...{ topic: row.topicId, nonce: row.nonce, value: row.value, realised: truth },
    ...{ ...losses, score: chainScore, network_value: network },
  });
}

/**
 * What the prediction was of, in its unit: from the close of the last candle that had ended at the
 * nonce's minute to that of the last one ended a horizon later. Undefined while a candle is missing.
 */
function realise(run: Run, topic: TopicSettings, row: Submission): number | undefined {
  const { baseMs, basePrice, sigma } = row;
  if (baseMs === null || basePrice === null || sigma === null) return undefined;
  const { pair, intervalMs, horizonMs } = topic;
  const close = run.candles().closeAt(pair, intervalMs, baseMs + horizonMs);
  if (close === undefined) return undefined;
  const logReturn = Math.log(close / basePrice);
  switch (topic.target) {
    case "log-return":
      return logReturn;
    case "price":
      return close;
    case "labels": {
      const barrier = topic.barrier * sigma;
      return logReturn > barrier ? 1 : logReturn < -barrier ? -1 : 0;
    }
    case "volatility": {
      const [fromMs, untilMs] = [baseMs - intervalMs, baseMs + horizonMs];
      return realisedVolatility(loadSeries(run.candles(), pair, intervalMs, fromMs, untilMs));
    }
  }
}

/** Squared errors of the prediction and of the forecast that nothing changes. */
function lossesOf(topic: TopicSettings, row: Submission, truth: number) {
  const loss = (truth - forecastOf(row)) ** 2;
  switch (topic.target) {
    case "log-return":
      return { loss, lossZero: truth ** 2 };
    case "price":
      return { loss, lossZero: (truth - (row.basePrice ?? NaN)) ** 2 };
    default:
      return { loss };
  }
}

/** The number that was forecast; of several labels the expected class, from -1 to 1. */
function forecastOf(row: Submission): number {
  if (row.labels === null) return Number(row.value);
  return row.labels.reduce((sum, { value }, place) => sum + (place - 1) * Number(value), 0);
}
