import { isQuiet } from "../cycle/quiet.ts";
import { failureOf, type Run } from "../cycle/run.ts";
import type { CycleReport } from "../cycle/run_cycle.ts";
import type { TopicOutcome } from "../cycle/topic_outcome.ts";
import { warnOfShortEpochs } from "../cycle/timer_epoch.ts";
import { EXIT_CODES, worstExitCode } from "../errors.ts";
import { lowerPriority } from "../host/priority.ts";
import { table } from "../host/terminal.ts";
import type { RunEnd } from "../ledger/runs.ts";
import type { Settings } from "../settings.ts";
import type { Handler, Invocation } from "./command.ts";
import { brokenOf, lockWallet, openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";
import { endOf, failureEnd, workerFor } from "./run_end.ts";

/** One visit to every topic. */
export const submit: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  const topics = topicsOf(invocation, settings);
  const dryRun = invocation.switches.has("dry-run");
  const stop = terminal.stopSignal();
  using run = openRun(settings, terminal, { dryRun, stop, migrates: !dryRun });
  const brokenCode = tellBroken(run, invocation);
  const worker = await workerFor("submit", run, topics);
  using _lock = lockWallet(settings, worker.address, terminal.host.nowMs);
  const finish = (end: RunEnd) => dryRun || run.ledger.finishRun("submit", end);
  // A quiet visit, and one that only rehearses, have nothing to tell and load nothing for it.
  const tellPeople = async (outcomes: readonly TopicOutcome[]) => {
    if (dryRun) return;
    const { afterVisit } = await import("./alert/after_visit.ts");
    await afterVisit(run, terminal, { topics, worker: worker.address, outcomes, stop });
  };
  let report: CycleReport;
  let isIdle = false;
  try {
    if (isQuiet(run, topics, worker)) {
      const outcomes = topics.map(({ topicId }) => ({ topicId, state: "idle" as const }));
      report = { outcomes, exitCode: 0 };
      isIdle = true;
    } else {
      if (!dryRun) run.ledger.startRun("submit");
      const { runCycle } = await import("../cycle/run_cycle.ts");
      report = await runCycle({ ...run, lowerPriority }, topics, { worker });
    }
  } catch (thrown) {
    // In the log, where it is looked for, and so on stderr: once.
    const failure = failureOf(run, thrown);
    run.tell("run.failed", { error: failure.message, hint: failure.hint });
    finish(failureEnd(failure, topics.map(({ topicId }) => topicId)));
    await tellPeople([]);
    if (!dryRun && settings.metricsFile !== undefined) {
      await (await metrics()).writeMetricsFile(run);
    }
    return worstExitCode([failure.exitCode, brokenCode]);
  }
  const exitCode = worstExitCode([report.exitCode, brokenCode]);
  finish(isIdle ? { exitCode, topics: new Map() } : endOf({ ...report, exitCode }));
  tellFailures(run, { ...report, exitCode });
  if (!isIdle && !dryRun) warnOfShortEpochs(run, topics);
  if (!isIdle) await tellPeople(report.outcomes);
  if (!dryRun && settings.metricsFile !== undefined && !isIdle) {
    await (await metrics()).metricsAfterVisit(run, worker.address);
  }
  const outcomes = [...report.outcomes, ...brokenOutcomes(invocation, settings)];
  const whole = { outcomes, exitCode };
  terminal.out(invocation.json ? `${JSON.stringify(jsonOf(whole))}\n` : textOf(whole));
  return exitCode;
};

/** Loaded after visits that did something, where it is wanted. */
const metrics = () => import("./metrics/after_visit.ts");

/** Whether the visit did something. */
export function isBusy({ outcomes }: CycleReport): boolean {
  return outcomes.some(({ state }) => state !== "idle");
}

/** The topics whose files cannot be used, which have been told already. */
function brokenOutcomes(invocation: Invocation, settings: Settings): readonly TopicOutcome[] {
  return brokenOf(invocation, settings).flatMap(({ topicId, error }) =>
    topicId === undefined ? [] : { topicId, state: "failed" as const, error }
  );
}

/** Logs what went wrong and that the visit is over; a visit with nothing to do is for debugging only. */
export function tellFailures(run: Run, { outcomes, exitCode }: CycleReport) {
  for (const { topicId, nonce, error } of outcomes) {
    if (error === undefined) continue;
    run.tell("topic.failed", { error: error.message, topic: topicId, nonce, hint: error.hint });
  }
  if (isBusy({ outcomes, exitCode })) {
    run.tell("run.finished", { topics: outcomes.length, exit_code: exitCode });
  } else {
    run.tell("cycle.nothing_due", { topics: outcomes.length });
  }
}

function textOf({ outcomes }: CycleReport): string {
  const busy = outcomes.filter(({ state }) => state !== "idle");
  if (busy.length === 0) return `nothing due for ${plural(outcomes.length, "topic")}\n`;
  const head = ["topic", "nonce", "prediction", "outcome", "fee uallo", "transaction"];
  const rows = busy.map((outcome) => [
    String(outcome.topicId),
    String(outcome.nonce ?? ""),
    outcome.value ?? "",
    outcome.error?.message ?? WORDS[outcome.state],
    String(outcome.feeUallo ?? ""),
    outcome.hash ?? "",
  ]);
  return `${table([head, ...rows], { align: ["right", "right"] })}\n`;
}

const WORDS: Readonly<Record<TopicOutcome["state"], string>> = {
  "idle": "nothing due",
  "sent": "sent",
  "confirmed": "in a block",
  "already-submitted": "the chain has it already",
  "rehearsed": "simulated, not sent",
  "failed": "failed",
};

function jsonOf({ outcomes, exitCode }: CycleReport) {
  return {
    topics: outcomes.map(({ topicId, state, nonce, value, hash, feeUallo, error }) => ({
      topic_id: String(topicId),
      outcome: state,
      nonce: nonce === undefined ? null : Number(nonce),
      value: value ?? null,
      tx_hash: hash ?? null,
      fee_uallo: feeUallo === undefined ? null : String(feeUallo),
      error: error === undefined ? null : { message: error.message, hint: error.hint ?? null },
      exit_code: error === undefined ? 0 : EXIT_CODES[error.kind],
    })),
    exit_code: exitCode,
  };
}

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
