import { record } from "../cycle/run.ts";
import type { RunEnd } from "../ledger/runs.ts";
import type { OpenRun } from "./open_run.ts";

/** What the ledger is told of the daemon, for health and status. None of it throws. */
export interface DaemonRecord {
  started(): void;
  /** It is alive; with `visit`, one of its visits ended like this. */
  beat(visit?: RunEnd): void;
  finished(end: RunEnd): void;
}

/**
 * The daemon as the ledger knows it. A disk that is full and a ledger that others hold are no reason to
 * end: they pass, and a window waits for no restart. The first of a row of failures is an event.
 */
export function daemonRecord(run: OpenRun): DaemonRecord {
  let isFailing = false;
  const attempt = (write: () => void) => {
    isFailing = record(isFailing ? { tell: () => {} } : run, write) !== undefined;
  };
  return {
    started: () => attempt(() => run.ledger.startRun("daemon")),
    beat: (visit) => attempt(() => run.ledger.beat("daemon", visit)),
    finished: (end) => attempt(() => run.ledger.finishRun("daemon", end)),
  };
}
