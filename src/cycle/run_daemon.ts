import type { ChainClient } from "../chain/client.ts";
import { PipelineError } from "../errors.ts";
import type { TopicSettings } from "../settings.ts";
import { connectTo } from "./connect.ts";
import { failureOf, type Run } from "./run.ts";
import { type CycleReport, runCycle } from "./run_cycle.ts";
import type { Worker } from "./worker.ts";

/** The chain is looked at this often even when nothing can be due. */
const MAX_PAUSE_MS = 60_000;
/** Doublings of the pause after visits that failed: from a second and a half to 48 seconds. */
const MAX_DOUBLINGS = 5;

/**
 * Visits the topics again and again until the run's signal is aborted: a moment before a window can
 * open, then every pollMs, so that a payload is in the first blocks of a window. A visit that failed
 * is repeated with growing pauses. Each report goes to `onReport`.
 */
export async function runDaemon(
  run: Run,
  topics: readonly TopicSettings[],
  worker: Worker,
  onReport: (report: CycleReport) => void,
): Promise<void> {
  let chain: ChainClient | undefined;
  for (let failures = 0; !run.signal.aborted;) {
    const deadline = AbortSignal.timeout(run.settings.runTimeoutMs);
    const bounded = { ...run, signal: AbortSignal.any([run.signal, deadline]) };
    let hasFailed = true;
    let healthy: readonly TopicSettings[] = [];
    try {
      // It outlives the visit, and so must not end with the visit's deadline.
      chain ??= await connectTo(run);
      const report = await runCycle(bounded, topics, { chain, worker });
      onReport(report);
      hasFailed = report.exitCode !== 0;
      const failed = report.outcomes.filter(({ state }) => state === "failed");
      healthy = topics.filter((topic) => !failed.some((each) => each.topicId === topic.topicId));
      if (failed.some(({ error }) => error?.kind === "unavailable")) chain = undefined;
    } catch (thrown) {
      if (run.signal.aborted) break;
      const failure = failureOf(bounded, thrown);
      if (failure.kind === "internal" && !(thrown instanceof PipelineError)) throw thrown;
      run.tell("run.failed", { error: failure.message });
      chain = undefined;
    }
    failures = hasFailed ? failures + 1 : 0;
    const backOffMs = hasFailed
      ? run.pollMs * 2 ** Math.min(failures - 1, MAX_DOUBLINGS)
      : MAX_PAUSE_MS;
    // A topic that fails must not make the others late.
    const pauseMs = Math.min(backOffMs, quietMs(run, healthy, worker));
    await run.host.sleep(pauseMs, run.signal).catch(() => {});
  }
}

/** How long no window of these topics can open; for ever when there are none. */
function quietMs(run: Run, topics: readonly TopicSettings[], worker: Worker): number {
  const nowMs = run.host.nowMs();
  const waits = topics.map(({ topicId }) =>
    run.ledger.nothingDueUntilMs(topicId, worker.address) - nowMs
  );
  return Math.max(run.pollMs, Math.min(...waits));
}
