import { type Family, gauge, known, seconds } from "./family.ts";
import type { Source } from "./source.ts";

/** Submissions over whose windows the length of an epoch is measured. */
const EPOCHS = 20;

/** Is it alive? */
export function alive({ ledger, build, topicIds }: Source): readonly Family[] {
  const runs = ledger.runs();
  const visits = ledger.topicVisits()
    .filter(({ topicId }) => topicIds.includes(topicId))
    .map((visit) => ({ ...visit, labels: { topic: String(visit.topicId) } }));
  return [
    gauge("build_info", "Version of the program, as labels; always 1", [
      { labels: { ...build }, value: 1 },
    ]),
    gauge(
      "last_run_timestamp_seconds",
      "When the command last ran, or the daemon was last heard of",
      runs.flatMap(({ command, aliveMs }) => known({ command }, seconds(aliveMs))),
    ),
    gauge(
      "last_run_success",
      "Whether its last run, or the daemon's last visit, went without an error",
      runs.flatMap(({ command, failures, succeededMs }) =>
        known({ command }, failures > 0 ? 0 : succeededMs === null ? null : 1)
      ),
    ),
    gauge(
      "last_run_success_timestamp_seconds",
      "When a run of the command, or a visit of the daemon, last ended without an error",
      runs.flatMap(({ command, succeededMs }) => known({ command }, seconds(succeededMs))),
    ),
    gauge(
      "last_run_duration_seconds",
      "How long its last run took; not of the daemon, which stays",
      runs.flatMap(({ command, startedMs, finishedMs }) =>
        command === "daemon" || finishedMs === null
          ? []
          : known({ command }, seconds(finishedMs - startedMs))
      ),
    ),
    gauge(
      "run_failures_in_a_row",
      "Runs of the command, or visits of the daemon, that failed one after the other until now",
      runs.flatMap(({ command, failures }) => known({ command }, failures)),
    ),
    gauge(
      "last_success_timestamp_seconds",
      "When a visit last did for the topic what was due; missing before the first time",
      visits.flatMap(({ labels, succeededMs }) => known(labels, seconds(succeededMs))),
    ),
    gauge(
      "topic_failures_in_a_row",
      "Visits that failed for the topic one after the other until now",
      visits.flatMap(({ labels, failures }) => known(labels, failures)),
    ),
    gauge(
      "epoch_seconds",
      `Shortest time between two of the topic's last ${EPOCHS} windows; missing before the second`,
      topicIds.flatMap((topicId) =>
        known({ topic: String(topicId) }, seconds(epochMs(ledger, topicId)))
      ),
    ),
    gauge(
      "check_timestamp_seconds",
      "When health last looked",
      [...new Set(ledger.checks().map(({ checkedMs }) => checkedMs))]
        .map((checkedMs) => ({ value: checkedMs / 1000 })),
    ),
  ];
}

function epochMs(ledger: Source["ledger"], topicId: bigint): number | undefined {
  const opened = ledger.history(topicId, EPOCHS).flatMap(({ baseMs }) => baseMs ?? []);
  const gaps = opened.slice(1).map((earlier, i) => opened[i]! - earlier).filter((gap) => gap > 0);
  return gaps.length === 0 ? undefined : Math.min(...gaps);
}
