import type { RunRecord } from "../../ledger/runs.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { measured } from "../found.ts";
import { runInUse } from "../run_in_use.ts";
import { span } from "../words.ts";
import { pausedSinceMs } from "./pause.ts";

/** The daemon gives a sign of life twice a minute; a visit that waits for a block may hold it up. */
const HEARTBEAT = { warn: 120, crit: 300 };

/** Whether the program is at work: the last submit of the timers, or the daemon's heartbeat. */
export function lastRun(context: HealthContext): CheckResult {
  const { host, settings, pauseFile } = context;
  const what = { id: "last-run" };
  const pausedMs = pausedSinceMs(pauseFile);
  if (pausedMs !== undefined) {
    return { ...what, status: "OK", message: `paused, as ${pauseFile} says: see the check pause` };
  }
  const run = runInUse(context);
  if (run === undefined) {
    return context.isDaemonEnabled()
      ? { ...what, status: "UNKNOWN", message: "the daemon has not run yet", fix: START.daemon }
      : {
        ...{ ...what, status: "UNKNOWN", fix: START.submit },
        message: "neither submit nor the daemon has run yet",
      };
  }
  const isDaemon = run.command === "daemon";
  const fix = isDaemon ? START.daemon : START.submit;
  const ageMs = host.nowMs() - run.aliveMs;
  if (ageMs < -CLOCK_STEP_MS) {
    const message = `the last ${run.command} was ${span(ageMs)} in the future: a clock was wrong`;
    return { ...what, status: "UNKNOWN", message, fix: "timedatectl" };
  }
  if (isDaemon && run.finishedMs !== null) {
    const message = `the daemon stopped ${span(ageMs)} ago${endOf(run)}`;
    return { ...what, status: "CRITICAL", message, fix };
  }
  const { warn, crit } = settings.healthLastRunMs;
  const seconds = isDaemon ? HEARTBEAT : { warn: warn / 1000, crit: crit / 1000 };
  const message = isDaemon
    ? `the daemon was heard of ${span(ageMs)} ago`
    : run.finishedMs === null
    ? `submit has been running for ${span(host.nowMs() - run.startedMs)}`
    : `submit ended ${span(ageMs)} ago${endOf(run)}`;
  return measured({
    ...{ ...what, value: Math.max(0, Math.round(ageMs / 1000)), unit: "s", message, fix },
    ...{ warn: String(seconds.warn), crit: String(seconds.crit) },
  });
}

/** Clocks are stepped by a second or so without anybody's fault. */
const CLOCK_STEP_MS = 60_000;

const START = {
  submit: "sudo systemctl enable --now allora-pipeline-submit.timer",
  daemon: "sudo systemctl restart allora-pipeline-daemon.service",
};

function endOf({ exitCode, error }: RunRecord): string {
  if (exitCode === null || exitCode === 0) return "";
  return ` with exit code ${exitCode}${error === null ? "" : `: ${error}`}`;
}
