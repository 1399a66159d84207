import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { writeAtomically } from "../host/atomic_file.ts";
import { table } from "../host/terminal.ts";
import type { LedgerReader } from "../ledger/read.ts";
import type { PastSubmission } from "../ledger/submission.ts";
import type { Settings } from "../settings.ts";
import { type CheckResult, worstStatus } from "./check.ts";
import { nameOf } from "./check_name.ts";
import { bytesOf } from "./checks/log_size.ts";
import { logTail } from "./log_tail.ts";
import { isPaused, lineOf, summary, worstFirst } from "./report.ts";
import { plural } from "./words.ts";

/** Lines of submission.log that are looked through. */
const TAIL = 100;

export interface StatusFile {
  readonly settings: Settings;
  readonly results: readonly CheckResult[];
  readonly checkedMs: number;
  /** Throws when there is none. */
  readonly ledger: () => LedgerReader;
}

/** Replaces healthcheck_status.log by how things are now. Throws as writeAtomically does. */
export function writeStatusFile(file: StatusFile): void {
  writeAtomically(join(file.settings.logDir, "healthcheck_status.log"), statusText(file));
}

function statusText({ settings, results, checkedMs, ledger }: StatusFile): string {
  const log = join(settings.logDir, "submission.log");
  const said = (id: string) => results.find((result) => result.id === id);
  const topics = settings.topics.map(({ topicId }) => [
    `topic ${topicId}`,
    known(() => predictionText(ledger().history(topicId, 1)[0])),
  ]);
  const facts = [
    ["status", `${worstStatus(results.map(({ status }) => status))}: ${summary(results)}`],
    ["checked at", new Date(checkedMs).toISOString()],
    ["program", runningText(said("last-run"), said("pause"))],
    ...topics,
    ["balance", said("balance")?.message ?? "not known"],
    ["log", known(() => `${bytesOf(log)} bytes in ${log}`)],
    [`last ${TAIL} lines`, known(() => tailText(log))],
  ];
  const checks = worstFirst(results)
    .map((result) => [result.status, nameOf(result), lineOf(result)]);
  return `${table(facts)}\n\n${table(checks)}\n`;
}

function known(work: () => string): string {
  try {
    return work();
  } catch (thrown) {
    return `not known: ${messageOf(thrown)}`;
  }
}

function predictionText(submission: PastSubmission | undefined): string {
  if (submission === undefined) return "nothing predicted yet";
  const { value, nonce, state, updatedMs, labels, fallback } = submission;
  const said = labels?.map((each) => `${each.label} ${each.value}`).join(", ") ?? value;
  const by = fallback === null ? "" : ` (fallback ${fallback})`;
  return `predicted ${said}${by} for nonce ${nonce}, ${state} at ${
    new Date(updatedMs).toISOString()
  }`;
}

function runningText(lastRun: CheckResult | undefined, pause: CheckResult | undefined): string {
  if (isPaused(pause)) return pause.message;
  if (lastRun === undefined) return "not known";
  const word = {
    OK: "running",
    WARNING: "running late",
    CRITICAL: "stopped",
    UNKNOWN: "not known",
  };
  return `${word[lastRun.status]}: ${lastRun.message}`;
}

function tailText(log: string): string {
  const { lines, errors, warnings, newest } = logTail(log, TAIL);
  const counts = `${plural(errors, "error")}, ${plural(warnings, "warning")} in ${
    plural(lines, "line")
  }`;
  return newest === undefined ? counts : `${counts}; the newest: ${newest}`;
}
