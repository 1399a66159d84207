import type { ChainClient } from "../chain/client.ts";
import { PipelineError } from "../errors.ts";
import { deadline } from "../host/deadline.ts";
import { type ServiceManager, UNWATCHED } from "../host/service_manager.ts";
import type { TopicSettings } from "../settings.ts";
import { Attention } from "./attention.ts";
import { connectTo } from "./connect.ts";
import { type DaemonState, statusOf } from "./daemon_status.ts";
import { follow } from "./follow.ts";
import { failureOf, type Run } from "./run.ts";
import { type CycleReport, runCycle } from "./run_cycle.ts";
import type { TopicOutcome } from "./topic_outcome.ts";
import type { Worker } from "./worker.ts";

/** The chain is looked at this often even when nothing can be due: an event may be lost on its way. */
const MAX_PAUSE_MS = 60_000;
/** Doublings of the pause after visits that failed: from a second and a half to 48 seconds. */
const MAX_DOUBLINGS = 5;
/** What a visit under way gets to end in after a stop; systemd kills after 90 s (TimeoutStopSec=). */
const GRACE_MS = 20_000;

export interface DaemonOptions {
  readonly onReport: (report: CycleReport) => void;
  /** Hears of a visit that failed as a whole; it has been logged. */
  readonly onFailure?: (failure: PipelineError, topics: readonly TopicSettings[]) => void;
  /** Hears what the daemon is at. */
  readonly service?: ServiceManager;
  /** Nobody stands by: what is wrong is logged and tried again, from the first visit on. */
  readonly isUnattended?: boolean;
  /** Ends the daemon after the visit under way, which then waits for no block: the next one looks it up. */
  readonly leave?: AbortSignal;
}

/**
 * Visits the topics until the run's signal is aborted: at once when the chain says over a websocket
 * that a window has opened; when no events come, a moment before one can open and then every pollMs;
 * and once a minute anyway. A visit that failed is repeated with growing pauses.
 *
 * A visit under way when the signal is aborted has 20 seconds to end. What it sent is in the ledger, so
 * that the next start goes on from there.
 *
 * The service manager is pinged between the steps of this loop and never from within a visit, which
 * ends at ALLORA_RUN_TIMEOUT: WatchdogSec must exceed that by half, so that only what hangs is killed.
 *
 * Throws what the first visit throws of the kinds "config" and "internal", where somebody is there to
 * read it. Later they are logged, and the visit is tried again. A ledger that cannot be read ends it.
 */
export async function runDaemon(
  run: Run,
  topics: readonly TopicSettings[],
  worker: Worker,
  options: DaemonOptions,
): Promise<void> {
  const { service = UNWATCHED, leave } = options;
  using attention = new Attention(run, topics, leave);
  using end = endOf(run);
  const over = new AbortController();
  const following = follow({ ...run, signal: over.signal }, topics, attention);
  const visit = visitor({ run, topics, worker, attention, end: end.signal, ...options });
  try {
    let last: DaemonState["last"];
    let ailing: ReadonlySet<bigint> = new Set();
    for (let failures = 0, isFirst = true; !attention.isOver; isFirst = false) {
      service.alive();
      const { outcomes, failed, failure } = await visit(isFirst);
      // What ails one topic for good must not make another's first failure wait.
      const isNew = [...failed].some((topicId) => !ailing.has(topicId));
      failures = failure === undefined ? 0 : isNew ? 1 : failures + 1;
      ailing = failed;
      const submitted = outcomes.findLast(({ state }) => state === "confirmed");
      if (submitted !== undefined) last = { outcome: submitted, atMs: run.host.nowMs() };
      if (isFirst) service.ready();
      service.status(statusOf(run, topics, { isHearing: attention.isHearing, last, failure }));

      const backOffMs = failures === 0
        ? MAX_PAUSE_MS
        : run.pollMs * 2 ** Math.min(failures - 1, MAX_DOUBLINGS);
      // A topic that fails must not make the others late.
      const healthy = topics.filter(({ topicId }) => !failed.has(topicId));
      const quiet = quietMs(run, healthy, worker, attention);
      await attention.rest(Math.min(backOffMs, quiet), service);
    }
  } finally {
    over.abort();
    await following;
  }
}

interface Visited {
  readonly outcomes: readonly TopicOutcome[];
  /** The topics that failed. */
  readonly failed: ReadonlySet<bigint>;
  /** The first of what went wrong. */
  readonly failure?: PipelineError;
}

/** One visit to the topics that are due, or to all of them at first. */
function visitor(
  { run, topics, worker, attention, end, onReport, onFailure, isUnattended }: DaemonOptions & {
    readonly run: Run;
    readonly topics: readonly TopicSettings[];
    readonly worker: Worker;
    readonly attention: Attention;
    readonly end: AbortSignal;
  },
): (isFirst: boolean) => Promise<Visited> {
  let chain: ChainClient | undefined;
  return async (isFirst) => {
    const isDue = ({ topicId }: TopicSettings) =>
      attention.isCalledTo(topicId) ||
      run.ledger.nothingDueUntilMs(topicId, worker.address) <= run.host.nowMs();
    const wanted = isFirst ? topics : topics.filter(isDue);
    if (wanted.length === 0) return { outcomes: [], failed: new Set() };
    using limit = deadline(run.settings.runTimeoutMs, end);
    const untilMs = run.host.nowMs() + run.settings.runTimeoutMs;
    const bounded = { ...run, signal: limit.signal, untilMs, hurry: attention.hurry() };
    try {
      // It outlives the visit, and so must not end with the visit's deadline.
      chain ??= await connectTo({ ...run, signal: end });
      const report = await runCycle(bounded, wanted, { chain, worker, isCalled: true });
      onReport(report);
      const failures = report.outcomes.filter(({ error }) => error !== undefined);
      const failure = failures[0]?.error;
      const failed = new Set(failures.map(({ topicId }) => topicId));
      return { outcomes: report.outcomes, failed, ...failure && { failure } };
    } catch (thrown) {
      const failure = failureOf(bounded, thrown);
      const { kind, message: error, hint } = failure;
      const isFatal = isFirst && !isUnattended && (kind === "config" || kind === "internal");
      if (isFatal) throw failure;
      run.tell("run.failed", {
        error,
        hint,
        stack: kind === "internal" ? stackOf(failure) : undefined,
      });
      onFailure?.(failure, wanted);
      return { outcomes: [], failed: new Set(wanted.map(({ topicId }) => topicId)), failure };
    } finally {
      attention.forgetSeen();
    }
  };
}

/** How long no window of these topics can open; for ever when there are none. */
function quietMs(
  run: Run,
  topics: readonly TopicSettings[],
  worker: Worker,
  attention: Attention,
): number {
  if (attention.isCalled) return run.pollMs;
  const nowMs = run.host.nowMs();
  const waits = topics.map(({ topicId }) => {
    const waitMs = run.ledger.nothingDueUntilMs(topicId, worker.address) - nowMs;
    // Who hears of every window need not look for it.
    return waitMs <= 0 && attention.isHearing ? MAX_PAUSE_MS : waitMs;
  });
  return Math.max(run.pollMs, Math.min(...waits));
}

/** Aborted with the run's reason when the time after its signal is up. */
function endOf({ host, signal }: Run): Disposable & { readonly signal: AbortSignal } {
  const end = new AbortController();
  const isOver = new AbortController();
  const onStop = () =>
    host.sleep(GRACE_MS, isOver.signal).then(() => end.abort(signal.reason), () => {});
  signal.addEventListener("abort", onStop);
  return {
    signal: end.signal,
    [Symbol.dispose]() {
      signal.removeEventListener("abort", onStop);
      isOver.abort();
    },
  };
}

function stackOf({ cause }: PipelineError): string | undefined {
  return cause instanceof Error ? cause.stack : undefined;
}
