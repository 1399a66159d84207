import { isQuiet } from "../cycle/quiet.ts";
import { failureOf, record, type Run } from "../cycle/run.ts";
import type { CycleReport } from "../cycle/run_cycle.ts";
import type { TopicOutcome } from "../cycle/topic_outcome.ts";
import { warnOfShortEpochs } from "../cycle/timer_epoch.ts";
import type { Worker } from "../cycle/worker.ts";
import { EXIT_CODES, type PipelineError, worstExitCode } from "../errors.ts";
import { lowerPriority } from "../host/priority.ts";
import { table } from "../host/terminal.ts";
import type { RunEnd } from "../ledger/runs.ts";
import type { Settings, TopicSettings } from "../settings.ts";
import type { Handler, Invocation } from "./command.ts";
import {
  brokenOf,
  lockWallet,
  type OpenRun,
  openRun,
  settingsOf,
  tellBroken,
  topicsOf,
} from "./open_run.ts";
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
  const { report, isIdle, exitCode, unrecorded } = await visit(run, topics, worker, brokenCode);
  if (report !== undefined) {
    tellFailures(run, { ...report, exitCode });
    const whole = {
      outcomes: [...report.outcomes, ...brokenOutcomes(invocation, settings)],
      exitCode,
    };
    terminal.out(invocation.json ? `${JSON.stringify(jsonOf(whole))}\n` : textOf(whole));
  }
  // A quiet visit, and one that only rehearses, have nothing to tell and load nothing for it.
  if (isIdle || dryRun) return exitCode;
  if (report !== undefined) record(run, () => warnOfShortEpochs(run, topics));
  const { afterVisit } = await import("./alert/after_visit.ts");
  await afterVisit(run, terminal, {
    ...{ topics, worker: worker.address, stop, unrecorded },
    outcomes: report?.outcomes ?? [],
  });
  if (settings.metricsFile !== undefined) {
    const { metricsAfterVisit, writeMetricsFile } = await import("./metrics/after_visit.ts");
    await (report === undefined ? writeMetricsFile(run) : metricsAfterVisit(run, worker.address));
  }
  return exitCode;
};

/** How a visit ended. */
interface Visited {
  /** Undefined when it failed as a whole. */
  readonly report?: CycleReport;
  readonly isIdle?: boolean;
  readonly exitCode: number;
  /** Why the ledger does not know. */
  readonly unrecorded?: PipelineError | undefined;
}

/** The visit itself. It alone has the wallet: the next one does not wait until people are told of this one. */
async function visit(
  run: OpenRun,
  topics: readonly TopicSettings[],
  worker: Worker,
  brokenCode: number,
): Promise<Visited> {
  using _lock = lockWallet(run.settings, worker.address, run.host.nowMs);
  const finish = (end: RunEnd) => {
    const unrecorded = run.dryRun
      ? undefined
      : record(run, () => run.ledger.finishRun("submit", end));
    const codes = [end.exitCode, brokenCode, ...unrecorded ? [unrecorded.exitCode] : []];
    return { exitCode: worstExitCode(codes), unrecorded };
  };
  try {
    if (isQuiet(run, topics, worker)) {
      const outcomes = topics.map(({ topicId }) => ({ topicId, state: "idle" as const }));
      const end = finish({ exitCode: brokenCode, topics: new Map() });
      return { report: { outcomes, exitCode: 0 }, isIdle: true, ...end };
    }
    if (!run.dryRun) run.ledger.startRun("submit");
    const { runCycle } = await import("../cycle/run_cycle.ts");
    const report = await runCycle({ ...run, lowerPriority }, topics, { worker });
    const exitCode = worstExitCode([report.exitCode, brokenCode]);
    return { report, ...finish(endOf({ ...report, exitCode })) };
  } catch (thrown) {
    // In the log, where it is looked for, and so on stderr: once.
    const failure = failureOf(run, thrown);
    run.tell("run.failed", { error: failure.message, hint: failure.hint });
    return finish(failureEnd(failure, topics.map(({ topicId }) => topicId)));
  }
}

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
