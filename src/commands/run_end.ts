import type { CycleReport } from "../cycle/run_cycle.ts";
import { EXIT_CODES, type PipelineError } from "../errors.ts";
import type { RunEnd } from "../ledger/runs.ts";

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
