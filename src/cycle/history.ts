import type { PastWindow } from "../ledger/history.ts";
import {
  type LabelValue,
  labelValues,
  type Submission,
  type SubmissionState,
} from "../ledger/submission.ts";
import type { TopicSettings } from "../settings.ts";
import { connectTo } from "./connect.ts";
import { failureOf, type Run } from "./run.ts";
import { forecastOf } from "./truth.ts";

type Target = TopicSettings["target"];

/** One worker's window, as far as it is known; null is what is not, or not yet. */
export interface Epoch {
  readonly topicId: bigint;
  readonly nonce: bigint;
  readonly worker: string;
  /** Null when the topic is not on any more. */
  readonly target: Target | null;
  /** open: not proven yet, whatever became of its transaction. */
  readonly outcome: "proven" | "missed" | "unknown" | "open";
  readonly state: SubmissionState | null;
  readonly reason: string | null;
  /** First known of, and known to have ended: wall clock, epoch milliseconds. */
  readonly firstMs: number;
  readonly closedMs: number | null;
  readonly submission: Submission | null;
  /** The network's values of a topic with several labels. */
  readonly networkLabels: readonly LabelValue[] | null;
  readonly hash: string | null;
  readonly feeUallo: bigint;
  readonly rewardUallo: bigint | null;
  /** Squared error over that of the zero forecast. */
  readonly lossRatio: number | null;
  /** Whether the sign was right; null where there is none: a volatility, labels, a forecast of no change. */
  readonly isRightWay: boolean | null;
}

export interface HistoryOptions {
  readonly topicId?: bigint;
  readonly last?: number;
}

interface EpochsOf extends Pick<Run, "settings"> {
  readonly ledger: Pick<Run["ledger"], "pastWindows">;
}

/** The epochs of all workers of the ledger, oldest first; the newest `last` of them. */
export function epochsOf(
  { ledger, settings }: EpochsOf,
  options: HistoryOptions,
): readonly Epoch[] {
  const targets = new Map(settings.topics.map(({ topicId, target }) => [topicId, target]));
  return ledger.pastWindows(options)
    .map((window) => epochOf(window, targets.get(window.topicId) ?? null));
}

function epochOf(window: PastWindow, target: Target | null): Epoch {
  const { topicId, nonce, worker, outcome, closedReason, closedMs, submission } = window;
  const { loss, lossZero } = submission ?? { loss: null, lossZero: null };
  return {
    ...{ topicId, nonce, worker, target, closedMs, submission },
    outcome: outcome ?? "open",
    state: submission?.state ?? null,
    reason: outcome === null ? submission?.reason ?? null : closedReason,
    firstMs: submission?.createdMs ?? closedMs ?? 0,
    networkLabels: submission?.labels ? labelValues(submission.networkValue) ?? null : null,
    hash: submission?.hash ?? null,
    feeUallo: submission?.feePaidUallo ?? 0n,
    rewardUallo: submission?.rewardUallo ?? null,
    lossRatio: loss === null || !lossZero ? null : loss / lossZero,
    isRightWay: submission === null ? null : isRightWay(submission, target),
  };
}

function isRightWay(submission: Submission, target: Target | null): boolean | null {
  const { basePrice, realised } = submission;
  const base = target === "log-return" ? 0 : target === "price" ? basePrice : null;
  if (base === null || realised === null) return null;
  const [said, came] = [forecastOf(submission) - base, realised - base];
  return said === 0 || came === 0 ? null : Math.sign(said) === Math.sign(came);
}

/** What the workers' accounts hold together, uallo, or why that is not known. */
export async function balanceOf(
  run: Run,
  addresses: readonly string[],
): Promise<{ readonly balanceUallo: bigint } | { readonly missing: string }> {
  try {
    const chain = await connectTo(run);
    const held = await Promise.all(addresses.map((address) => chain.balanceUallo(address)));
    return { balanceUallo: held.reduce((sum, each) => sum + each, 0n) };
  } catch (thrown) {
    return { missing: failureOf(run, thrown).message };
  }
}
