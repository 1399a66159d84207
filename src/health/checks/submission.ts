import { join } from "node:path";
import type { ChainClient, Window } from "../../chain/client.ts";
import { PipelineError } from "../../errors.ts";
import type { PastWindow } from "../../ledger/history.ts";
import { rootFor, shellQuote } from "../../settings/file_error.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { eachTopic, measured } from "../found.ts";
import { plural, span } from "../words.ts";

/** Windows of a topic that are looked at in the ledger. */
const LOOK_BACK = 500;
/** Windows that the ledger does not know are asked of the chain, the newest first, so many of them. */
const ASKED = 5;

/** How many windows of each topic have closed since the last one that has our prediction. */
export function submission(context: HealthContext): Promise<readonly CheckResult[]> {
  const how = { id: "submission", more: () => "allora-pipeline rpc" };
  return eachTopic(context, how, async ({ topicId }) => {
    const worker = context.worker();
    const chain = await context.chain();
    const what = { id: "submission", topicId };
    const fix = `allora-pipeline history --topic ${topicId} --last 10`;
    const [window, topic] = await Promise.all([
      chain.window(topicId, worker).catch(missing),
      chain.topic(topicId),
    ]);
    if (window === undefined || topic === undefined) {
      const message = `chain ${chain.chainId} has no topic ${topicId}`;
      const file = join(context.settings.topicsDir, `${topicId}.env`);
      const remove = `${rootFor(file)}rm ${shellQuote(file)}`;
      return { ...what, status: "CRITICAL", message, fix: remove };
    }
    if (!window.isWhitelisted) {
      const message = `${worker} may not submit: it is not on the topic's whitelist`;
      const register = `allora-pipeline wallet register --topic ${topicId}`;
      return { ...what, status: "CRITICAL", message, fix: register };
    }
    if (!window.isOpen && !window.isActive) {
      const message = "the topic is not active on the chain: it opens no windows";
      return { ...what, status: "WARNING", message, fix: "allora-pipeline status" };
    }
    const found = await countMissed(context, chain, window, topic.epochLength, worker);
    if (found.missed === 0 && found.unknown > 0) {
      return { ...what, value: 0, status: "UNKNOWN", message: found.message, fix };
    }
    const { warn, crit } = context.settings.healthMissed;
    return measured({
      ...{ ...what, value: found.missed, warn: String(warn - 1), crit: String(crit - 1) },
      message: found.message,
      ...found.missed === 0 ? {} : { fix },
    });
  });
}

/** "There is no such topic" is an answer; whatever else keeps it from coming is none. */
function missing(thrown: unknown): undefined {
  if (!(thrown instanceof PipelineError) || thrown.kind !== "config") throw thrown;
}

interface Counted {
  readonly missed: number;
  /** Windows since the last that was met of which no node could tell. */
  readonly unknown: number;
  readonly message: string;
}

async function countMissed(
  context: HealthContext,
  chain: ChainClient,
  window: Window,
  epochLength: bigint,
  worker: string,
): Promise<Counted> {
  const { topicId } = window;
  const ledger = context.ledger();
  const rows = ledger.pastWindows({ topicId, last: LOOK_BACK })
    .filter((row) => row.worker === worker);
  const met = rows.findLast(isMet);
  const seen = ledger.lastWindow(topicId);
  const firstKnown = rows[0]?.nonce ?? seen?.nonce ?? seen?.nextOpens;
  // What opened before the first visit was nobody's to submit to.
  const from = met?.nonce ?? (firstKnown === undefined ? undefined : firstKnown - epochLength);
  const upper = window.nonce ?? window.nextOpens;
  if (from === undefined) {
    return { missed: 0, unknown: 0, message: "no visit has seen the topic yet" };
  }
  const since = rows.filter(({ nonce }) => nonce > from && nonce < upper);
  let missed = windowsBetween(from, upper, epochLength);
  if (missed > since.filter(({ outcome }) => outcome !== null).length) {
    const counted = await newestCounted(chain, { topicId, worker, from, upper, epochLength });
    if (counted !== undefined) {
      missed = windowsBetween(counted, upper, epochLength);
      const message = missed === 0
        ? `the chain counts nonce ${counted}`
        : `${plural(missed, "window")} missed since nonce ${counted}`;
      return { missed, unknown: 0, message };
    }
  }
  const unknown = since.filter(({ outcome }) => outcome === "unknown").length;
  missed = Math.max(0, missed - unknown);
  const message = missed === 0 && unknown > 0
    ? `nobody could tell whether ${plural(unknown, "window")} since ${
      met === undefined ? "the first visit" : `nonce ${met.nonce}`
    } counted us`
    : messageOf(context, missed, met, since.at(-1));
  return { missed, unknown, message };
}

/** Proven, or in a block of a window that is not closed, or not proven, yet. */
function isMet({ outcome, submission }: PastWindow): boolean {
  return outcome === "proven" || outcome === null && submission?.state === "confirmed" &&
      submission.included !== false;
}

/** Topics that meet in one block make each other wait for some blocks, so it is the nearest number. */
function windowsBetween(from: bigint, upper: bigint, epochLength: bigint): number {
  return Math.max(0, Math.round(Number(upper - from) / Number(epochLength)) - 1);
}

interface Gap {
  readonly topicId: bigint;
  readonly worker: string;
  readonly from: bigint;
  readonly upper: bigint;
  readonly epochLength: bigint;
}

/** The newest of the last few windows before `upper` in which the chain counts the worker. */
async function newestCounted(chain: ChainClient, gap: Gap): Promise<bigint | undefined> {
  const { topicId, worker, from, upper, epochLength } = gap;
  const indexed = await chain.windowsOpened(topicId, from, upper).catch(() => []);
  const nonces = indexed.length > 0
    ? indexed.toReversed()
    : Array.from({ length: ASKED }, (_, back) => upper - BigInt(back + 1) * epochLength)
      .filter((nonce) => nonce > from);
  for (const nonce of nonces.slice(0, ASKED)) {
    const counted = await chain.inferencesAt(topicId, nonce);
    if (counted.some(({ inferer }) => inferer === worker)) return nonce;
  }
  return undefined;
}

function messageOf(
  { host }: HealthContext,
  missed: number,
  met: PastWindow | undefined,
  last: PastWindow | undefined,
): string {
  const submittedMs = met?.submission?.updatedMs ?? met?.closedMs ?? undefined;
  const age = submittedMs === undefined ? "" : `, ${span(host.nowMs() - submittedMs)} ago`;
  if (missed === 0) {
    return met === undefined
      ? "no window has closed since the first visit"
      : `nonce ${met.nonce} is in${age}`;
  }
  const since = met === undefined ? "none was met yet" : `the last met is nonce ${met.nonce}${age}`;
  const reason = last?.closedReason ?? last?.submission?.reason;
  return `${plural(missed, "window")} missed, ${since}${reason ? `: ${reason}` : ""}`;
}
