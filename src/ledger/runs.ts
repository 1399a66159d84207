import { type Columns, integer, nullable, number, readRow, text } from "./columns.ts";
import { EXIT_CODES } from "../errors.ts";
import type { Database } from "../host/database.ts";

/** The last run of a command. Times are wall clock, epoch milliseconds. */
export interface RunRecord {
  /** "submit" or "daemon". */
  readonly command: string;
  readonly startedMs: number;
  /** When it was last heard of: the daemon says so between its visits. */
  readonly aliveMs: number;
  /** Null while it runs, and when it died. */
  readonly finishedMs: number | null;
  readonly exitCode: number | null;
  readonly error: string | null;
  /** End of the last run, or daemon's visit, without an error; null before the first. */
  readonly succeededMs: number | null;
  /** Runs, or daemon's visits, that failed one after the other since then; "retry" is no failure. */
  readonly failures: number;
}

/** How the visits to a topic go. */
export interface TopicVisits {
  readonly topicId: bigint;
  readonly visitedMs: number;
  readonly succeededMs: number | null;
  /** Visits that failed one after the other since then. */
  readonly failures: number;
  /** Of the last of them. */
  readonly error: string | null;
}

/** How a run, or one visit of the daemon, ended. */
export interface RunEnd {
  readonly exitCode: number;
  readonly error?: string | undefined;
  /** The topics that it had something to do for, and what went wrong with each. */
  readonly topics: ReadonlyMap<bigint, string | undefined>;
}

/** The run that was heard of last. */
export function newestRun(runs: readonly RunRecord[]): RunRecord | undefined {
  return runs.toSorted((a, b) => b.aliveMs - a.aliveMs)[0];
}

const RUN: Columns<RunRecord> = {
  command: text,
  startedMs: number,
  aliveMs: number,
  finishedMs: nullable(number),
  exitCode: nullable(number),
  error: nullable(text),
  succeededMs: nullable(number),
  failures: number,
};

const VISITS: Columns<TopicVisits> = {
  topicId: integer,
  visitedMs: number,
  succeededMs: nullable(number),
  failures: number,
  error: nullable(text),
};

/** Which program ran when, and how it ended; every function is one transaction. */
export function runs(database: Database, nowMs: () => number) {
  function runs(): readonly RunRecord[] {
    return database.all("SELECT * FROM runs ORDER BY command").map((row) => readRow(RUN, row));
  }

  function startRun(command: string): void {
    database.run(
      `INSERT INTO runs (command, started_ms, alive_ms, failures) VALUES (:command, :now, :now, 0)
       ON CONFLICT DO UPDATE SET started_ms = :now, alive_ms = :now,
         finished_ms = NULL, exit_code = NULL`,
      { command, now: nowMs() },
    );
  }

  /**
   * The run is alive; with `visit`, one of its visits ended like this. One that was not said to start
   * has started now.
   */
  function beat(command: string, visit?: RunEnd): void {
    database.transaction(() => {
      database.run(
        `INSERT INTO runs (command, started_ms, alive_ms, failures) VALUES (:command, :now, :now, 0)
         ON CONFLICT DO UPDATE SET started_ms = iif(finished_ms IS NULL, started_ms, :now),
           alive_ms = :now, finished_ms = NULL, exit_code = NULL`,
        { command, now: nowMs() },
      );
      if (visit !== undefined) judge(command, visit);
    });
  }

  /** The run is over; one that was not said to start has started now. */
  function finishRun(command: string, end: RunEnd): void {
    database.transaction(() => {
      database.run(
        `INSERT INTO runs (command, started_ms, alive_ms, finished_ms, exit_code, failures)
         VALUES (:command, :now, :now, :now, :exitCode, 0)
         ON CONFLICT DO UPDATE SET started_ms = iif(finished_ms IS NULL, started_ms, :now),
           alive_ms = :now, finished_ms = :now, exit_code = :exitCode`,
        { command, now: nowMs(), exitCode: end.exitCode },
      );
      judge(command, end);
    });
  }

  function judge(command: string, { exitCode, error, topics }: RunEnd): void {
    // A visit that the next one makes good is neither: its unit calls it a success, and it is none.
    const failed = exitCode === EXIT_CODES.retry ? 0 : 1;
    database.run(
      `UPDATE runs SET error = :error, failures = iif(:ok, 0, failures + :failed),
         succeeded_ms = iif(:ok, :now, succeeded_ms) WHERE command = :command`,
      { command, now: nowMs(), ok: exitCode === 0 ? 1 : 0, failed, error: error ?? null },
    );
    for (const [topicId, failure] of topics) {
      const ok = failure === undefined ? 1 : 0;
      database.run(
        `INSERT INTO topic_visits (topic_id, visited_ms, succeeded_ms, failures, error)
         VALUES (:topicId, :now, iif(:ok, :now, NULL), iif(:ok, 0, :failed), :error)
         ON CONFLICT DO UPDATE SET visited_ms = :now, error = :error,
           succeeded_ms = iif(:ok, :now, succeeded_ms),
           failures = iif(:ok, 0, failures + :failed)`,
        { topicId, now: nowMs(), ok, failed, error: failure ?? null },
      );
    }
  }

  function topicVisits(): readonly TopicVisits[] {
    return database.all("SELECT * FROM topic_visits ORDER BY topic_id")
      .map((row) => readRow(VISITS, row));
  }

  return { runs, startRun, beat, finishRun, topicVisits };
}
