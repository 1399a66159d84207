import { failureOf, type Run } from "../cycle/run.ts";
import type { CycleReport } from "../cycle/run_cycle.ts";
import { type Worker, workerOf } from "../cycle/worker.ts";
import { EXIT_CODES, PipelineError } from "../errors.ts";
import type { RunEnd } from "../ledger/runs.ts";
import type { TopicSettings } from "../settings.ts";

/** A visit's report as the ledger remembers it; of a topic the last word counts. */
export function endOf({ outcomes, exitCode }: CycleReport): RunEnd {
  return {
    exitCode,
    error: outcomes.find(({ error }) => error !== undefined)?.error?.message,
    topics: new Map(outcomes.map(({ topicId, error }) => [topicId, error?.message])),
  };
}

/** The end of a visit that failed as a whole, for these topics. */
export function failureEnd({ kind, message }: PipelineError, topicIds: Iterable<bigint>): RunEnd {
  return {
    exitCode: EXIT_CODES[kind],
    error: message,
    topics: new Map([...topicIds].map((topicId) => [topicId, message])),
  };
}

/**
 * The worker of this run. What keeps it from being known is the end of the run, which the ledger
 * remembers as far as there is one or it can be made, and is thrown.
 */
export async function workerFor(
  command: string,
  run: Run,
  topics: readonly TopicSettings[],
): Promise<Worker> {
  try {
    return await workerOf(run);
  } catch (thrown) {
    const failure = failureOf(run, thrown);
    if (!run.dryRun) {
      noteEnd(
        command,
        run,
        failureEnd(failure, topics.map(({ topicId }) => topicId)),
      );
    }
    throw failure;
  }
}

function noteEnd(command: string, run: Run, end: RunEnd): void {
  try {
    run.ledger.finishRun(command, end);
  } catch (thrown) {
    // A ledger that cannot be written is the failure itself, or comes after the one that is thrown.
    if (!(thrown instanceof PipelineError)) throw thrown;
  }
}
