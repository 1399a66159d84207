import { settled } from "./confirm_transaction.ts";
import type { ChainClient, LabelledValue } from "../chain/client.ts";
import type { Settlement, Submission } from "../ledger/submission.ts";
import type { TopicSettings } from "../settings.ts";
import { failureOf, isOver, type Run } from "./run.ts";
import type { Session } from "./session.ts";
import { measure } from "./truth.ts";

const DAY_MS = 86_400_000;
/** Between two questions for the score of one window. */
const SCORE_PAUSE_MS = 10 * 60_000;
/** Epochs of which the reward is looked for in one visit: on a node without an index it takes some requests. */
const MAX_LOOKUPS = 5;

/** A node behind the same address may be this far behind the one that told the head. */
const MAX_LAG = 20n;

type Head = Awaited<ReturnType<ChainClient["head"]>>;

/** What is left of this visit's looking for rewards. */
interface Lookups {
  left: number;
}

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
  const lookups = { left: MAX_LOOKUPS };
  for (const row of rows) {
    const topic = topics.find(({ topicId }) => topicId === row.topicId);
    // The list of another node behind the same address may be a block younger.
    if (row.windowCloses + 1n >= head.height) continue;
    await attempt(run, { topic: row.topicId, nonce: row.nonce }, async () => {
      const included = row.included ?? await prove(session, row, head.height);
      if (included && topic !== undefined) await score(session, topic, row, head, lookups);
    });
    if (isOver(run)) return;
  }
}

/** What was sent in this visit stands, whatever becomes of older windows: they are settled later. */
export async function attempt<T>(
  run: Run,
  facts: object,
  step: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await step();
  } catch (thrown) {
    run.tell("settling.failed", { error: failureOf(run, thrown).message, ...facts });
    return undefined;
  }
}

/**
 * Whether the chain counts the inference; undefined while a transaction's outcome is unknown, and when
 * nobody can tell any more.
 */
async function prove(
  session: Session,
  row: Submission,
  headHeight: bigint,
): Promise<boolean | undefined> {
  const { chain, run, worker } = session;
  const facts = { topic: row.topicId, nonce: row.nonce };
  if (row.state === "signed" || row.state === "sent") return undefined;
  if (row.state === "planned") {
    run.ledger.resolve(row, "expired", "its window closed before it was sent");
  }
  const active = await chain.inferencesAt(row.topicId, row.nonce);
  if (active.length === 0 && row.state === "confirmed") {
    if (headHeight > row.windowCloses + MAX_LAG) giveUp(session, row);
    return undefined;
  }
  const counted = active.some(({ inferer }) => inferer === worker.address);
  if (counted && row.state !== "confirmed" && !await isLandedLate(session, row)) {
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

/** Whether a transaction of ours that was given up is in a block after all, which is written down. */
async function isLandedLate(session: Session, row: Submission): Promise<boolean> {
  for (const transaction of session.run.ledger.transactionsOf(row)) {
    if (transaction.height !== null) continue;
    const receipt = await session.chain.transaction(transaction.hash);
    if (receipt === undefined) continue;
    settled(session, transaction, receipt);
    if (receipt.code === 0) return true;
  }
  return false;
}

/**
 * A block took the inference, so that somebody's must have counted: a node without any is behind, or
 * has deleted what the chain needs no longer.
 */
function giveUp({ run }: Session, row: Submission): void {
  const reason = "a block took it, and the node has forgotten which inferences counted";
  run.ledger.settle(row, {}, { isFinal: true });
  run.ledger.closeWindow(row, "unknown", reason);
  run.tell("window.unknown", { topic: row.topicId, nonce: row.nonce, reason });
}

/** What became of the epoch: the truth from the candles, the rest from the chain. */
async function score(
  session: Session,
  topic: TopicSettings,
  row: Submission,
  head: Head,
  lookups: Lookups,
): Promise<void> {
  const { run } = session;
  if (row.baseMs === null) return;
  const dueMs = row.baseMs + topic.horizonMs;
  if (head.timeMs < dueMs) return;
  const isMeasured = row.realised !== null;
  const isTooSoon = run.host.nowMs() - row.updatedMs < SCORE_PAUSE_MS;
  if (isMeasured && (isTooSoon || lookups.left === 0)) return;
  const outcome = isMeasured ? undefined : await measure(run, topic, row, head.timeMs);
  const told = await askChain(session, row, head, lookups);
  const isTrue = isMeasured || outcome !== undefined;
  // Scores and rewards come with the reputers, a while after the truth; nobody waits for them for ever.
  const isOverdue = head.timeMs > dueMs + Math.max(DAY_MS, topic.horizonMs);
  const isComplete = isTrue && told.score !== null && told.rewardUallo !== null;
  if (!isTrue && told.score === null && !isOverdue) return;
  run.ledger.settle(row, { ...told, ...outcome }, { isFinal: isComplete || isOverdue });
  const facts = { topic: row.topicId, nonce: row.nonce };
  if (outcome !== undefined) {
    const { score, networkValue: network_value } = told;
    run.tell("epoch.scored", { ...facts, value: row.value, ...outcome, score, network_value });
  }
  if (row.rewardUallo === null && told.rewardUallo !== null) {
    const { rewardUallo: reward_uallo, score, emaScore: ema_score } = told;
    run.tell("epoch.paid", { ...facts, reward_uallo, score, ema_score });
  }
}

/** What the chain says of the epoch by now; of what the ledger has already it is not asked again. */
async function askChain(
  { chain, worker }: Session,
  row: Submission,
  head: Head,
  lookups: Lookups,
): Promise<Pick<Settlement, "score" | "emaScore" | "networkValue" | "rewardUallo">> {
  const { topicId, nonce } = row;
  const { address } = worker;
  const score = row.score ?? await chain.scoreAt(topicId, nonce, address) ?? null;
  const networkValue = row.networkValue ?? textOf(await chain.networkInferenceAt(topicId, nonce));
  let { emaScore, rewardUallo } = row;
  if (score !== null && rewardUallo === null && lookups.left > 0) {
    lookups.left -= 1;
    const paid = await chain.settlementOf({ topicId, nonce, address }, head.height);
    rewardUallo = paid?.rewardUallo ?? null;
    emaScore ??= paid?.emaScore ?? await chain.emaScoreAt(topicId, nonce, address) ?? null;
  }
  return { score, emaScore, networkValue, rewardUallo };
}

/** The value of a topic with one, or the values of its labels, in the form of the ledger's own. */
function textOf(values: readonly LabelledValue[] | undefined): string | null {
  const [first, second] = values ?? [];
  if (second !== undefined) return JSON.stringify(values);
  return first?.value ?? null;
}
