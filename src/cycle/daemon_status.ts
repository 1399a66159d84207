import type { PipelineError } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import type { Run } from "./run.ts";
import type { TopicOutcome } from "./topic_outcome.ts";

export interface DaemonState {
  /** Whether the chain's events come; the daemon polls otherwise. */
  readonly isHearing: boolean;
  /** The newest confirmed submission since the start, and when it was. */
  readonly last: { readonly outcome: TopicOutcome; readonly atMs: number } | undefined;
  /** Why the last visit, or a topic's, failed. */
  readonly failure: PipelineError | undefined;
}

/** What the daemon is at, on one line; times are UTC, as in the log. */
export function statusOf(
  run: Run,
  topics: readonly TopicSettings[],
  { isHearing, last, failure }: DaemonState,
): string {
  const count = topics.length === 1 ? "1 topic" : `${topics.length} topics`;
  const submitted = last === undefined
    ? "nothing submitted since the start"
    : `submitted topic ${last.outcome.topicId} nonce ${last.outcome.nonce} at ${clock(last.atMs)}`;
  return [
    `${count}, ${isHearing ? "hearing events" : "polling"}`,
    ...failure === undefined ? [] : [failure.message],
    submitted,
    nextWindow(run, topics),
  ].join("; ");
}

function nextWindow(run: Run, topics: readonly TopicSettings[]): string {
  const expected = topics.flatMap(({ topicId }) => {
    const seen = run.ledger.lastWindow(topicId);
    if (seen === undefined || seen.paceMs === null || seen.nextOpens <= seen.seenHeight) return [];
    const atMs = seen.seenMs + Number(seen.nextOpens - seen.seenHeight) * seen.paceMs;
    return { topicId, atMs };
  });
  const [first] = expected.toSorted((a, b) => a.atMs - b.atMs);
  return first === undefined
    ? "next window not known yet"
    : `next window: topic ${first.topicId} about ${clock(first.atMs)}`;
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}
