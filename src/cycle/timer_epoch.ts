import type { TopicSettings } from "../settings.ts";
import type { Run } from "./run.ts";

/** Epochs shorter than this are for the daemon: a timer of 5 minutes must come three times in each. */
export const TIMER_EPOCH_MS = 15 * 60_000;

const DAY_MS = 86_400_000;

/**
 * Tells, once a day for each, the topics whose epochs are too short for visits of a timer, by what the
 * ledger has seen of the chain's pace.
 */
export function warnOfShortEpochs(run: Run, topics: readonly TopicSettings[]): void {
  const { ledger, host, settings, tell } = run;
  // The devnet's blocks come as fast as somebody likes.
  if (settings.chainId.startsWith("allora-devnet-")) return;
  for (const { topicId } of topics) {
    const seen = ledger.lastWindow(topicId);
    if (seen === undefined || seen.nonce === null || seen.paceMs === null) continue;
    const epochMs = Number(seen.nextOpens - seen.nonce) * seen.paceMs;
    const milestone = `short epoch of topic ${topicId}`;
    const toldMs = ledger.milestoneMs(milestone) ?? -Infinity;
    if (epochMs >= TIMER_EPOCH_MS || Math.abs(host.nowMs() - toldMs) < DAY_MS) continue;
    ledger.reachMilestone(milestone);
    tell("topic.epoch_short", {
      topic: topicId,
      minutes: Math.round(epochMs / 6000) / 10,
      hint:
        "run the daemon instead: sudo systemctl disable --now allora-pipeline-submit.timer && " +
        "sudo systemctl enable --now allora-pipeline-daemon.service",
    });
  }
}
