import type { TopicSettings } from "../settings.ts";
import { isOver, type Run } from "./run.ts";
import type { Session } from "./session.ts";
import { attempt } from "./settle.ts";

/** Requests in one visit; the next goes on from there. */
const MAX_REQUESTS = 50;
/** Windows of a topic that are looked at for gaps between them. */
const LOOK_BACK = 500;
/** Topics that meet in one block make each other wait for some blocks. */
const MAX_BUMP = 3n;

const UNSEEN = "no visit came while it was open";

interface Requests {
  left: number;
}

/** Windows are missing between these two nonces (the upper one may be of a window still to open). */
interface Gap {
  readonly topicId: bigint;
  readonly after: bigint;
  readonly before: bigint;
  /** Blocks from one window to the next. */
  readonly epochLength: bigint;
}

/**
 * Writes down the windows that opened and closed while nobody looked: missed, or proven when the chain
 * counts an inference of the worker after all, or unknown when the node has forgotten. What is not
 * reached in this visit is still a gap in the next.
 */
export async function recallWindows(
  session: Session,
  topics: readonly TopicSettings[],
): Promise<void> {
  const { run } = session;
  const requests = { left: MAX_REQUESTS };
  for (const { topicId } of topics) {
    await attempt(run, { topic: topicId }, async () => {
      for (const gap of await gapsOf(session, topicId, requests)) {
        await fill(session, gap, requests);
      }
    });
    if (isOver(run) || requests.left <= 0) return;
  }
}

/** From the ledger alone unless it has a gap, or too few windows to tell how long an epoch is. */
async function gapsOf(
  { chain, run, worker }: Session,
  topicId: bigint,
  requests: Requests,
): Promise<readonly Gap[]> {
  const seen = run.ledger.lastWindow(topicId);
  const known = run.ledger.knownWindows(topicId, worker.address, LOOK_BACK);
  const ahead = [seen?.nonce ?? 0n, seen?.nextOpens ?? 0n];
  const nonces = [...known, ...ahead.filter((nonce) => nonce > (known.at(-1) ?? nonce))];
  const steps = nonces.slice(1).map((nonce, place) => nonce - nonces[place]!);
  const shortest = steps.toSorted((a, b) => a < b ? -1 : 1)[0];
  if (shortest === undefined) return [];
  const isGap = (epochLength: bigint) => (step: bigint) => 2n * step > 3n * epochLength;
  if (steps.length > 1 && !steps.some(isGap(shortest))) return [];
  requests.left -= 1;
  const epochLength = (await chain.topic(topicId))?.epochLength ?? shortest;
  return steps.flatMap((step, place) =>
    isGap(epochLength)(step)
      ? [{ topicId, after: nonces[place]!, before: nonces[place + 1]!, epochLength }]
      : []
  );
}

async function fill(session: Session, gap: Gap, requests: Requests): Promise<void> {
  const { chain, run } = session;
  const { topicId, after, before, epochLength } = gap;
  if (requests.left <= 0) return;
  requests.left -= 1;
  const indexed = await chain.windowsOpened(topicId, after, before);
  for (const nonce of indexed) {
    if (requests.left <= 0 || isOver(run)) return;
    await close(session, gap, nonce, true, requests);
  }
  // Around those the index knew, what else is missing is a gap of its own in the next visit.
  if (indexed.length > 0) return;
  for (let nonce = after; 2n * (before - nonce) > 3n * epochLength;) {
    if (requests.left <= 0 || isOver(run)) return;
    const expected = nonce + epochLength;
    const opened = await openedNear(session, topicId, expected, requests);
    nonce = opened ?? expected;
    await close(session, gap, nonce, opened !== undefined, requests);
  }
}

/** The block at or soon after `expected` that opened a window, if the node has it. */
async function openedNear(
  { chain }: Session,
  topicId: bigint,
  expected: bigint,
  requests: Requests,
): Promise<bigint | undefined> {
  for (let height = expected; height <= expected + MAX_BUMP; height++) {
    requests.left -= 1;
    const opens = await chain.opensWindow(topicId, height);
    if (opens === undefined) return undefined;
    if (opens) return height;
  }
  return undefined;
}

/** Writes down how the window ended. That it was there is `certain`, or inferences prove it. */
async function close(
  { chain, run, worker }: Session,
  gap: Gap,
  nonce: bigint,
  certain: boolean,
  requests: Requests,
): Promise<void> {
  const { topicId } = gap;
  const facts = { topic: topicId, nonce };
  requests.left -= 1;
  const counted = await chain.inferencesAt(topicId, nonce);
  const isCounted = counted.some(({ inferer }) => inferer === worker.address);
  const outcome = isCounted ? "proven" : certain || counted.length > 0 ? "missed" : "unknown";
  const reason = {
    proven: "the chain has an inference that is not in the ledger",
    missed: UNSEEN,
    unknown: `${UNSEEN}, and the node has forgotten it`,
  }[outcome];
  const key = { topicId, nonce, worker: worker.address };
  run.ledger.closeWindow(key, outcome, reason, endedMs(run, gap, nonce));
  switch (outcome) {
    case "proven":
      run.tell("wallet.used_elsewhere", { ...facts, worker: worker.address, evidence: reason });
      break;
    case "missed":
      run.tell("submission.missed", { ...facts, reason });
      break;
    case "unknown":
      run.tell("window.unknown", { ...facts, reason });
  }
}

/** About when the epoch ended, wall clock, at the pace that the ledger knows; now when it knows none. */
function endedMs({ host, ledger }: Run, { topicId, epochLength }: Gap, nonce: bigint): number {
  const seen = ledger.lastWindow(topicId);
  const blocksAgo = Math.max(0, Number((seen?.seenHeight ?? 0n) - nonce - epochLength));
  return Math.round(host.nowMs() - blocksAgo * (seen?.paceMs ?? 0));
}
