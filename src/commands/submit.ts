import { isQuiet } from "../cycle/quiet.ts";
import { failureOf, type Run } from "../cycle/run.ts";
import type { CycleReport } from "../cycle/run_cycle.ts";
import type { TopicOutcome } from "../cycle/topic_outcome.ts";
import { workerOf } from "../cycle/worker.ts";
import { EXIT_CODES, worstExitCode } from "../errors.ts";
import { lowerPriority } from "../host/priority.ts";
import { table } from "../host/terminal.ts";
import type { Settings } from "../settings.ts";
import type { Handler, Invocation } from "./command.ts";
import { brokenOf, lockWallet, openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";

/** One visit to every topic. */
export const submit: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  const topics = topicsOf(invocation, settings);
  const dryRun = invocation.switches.has("dry-run");
  using run = openRun(settings, terminal, { dryRun, stop: terminal.stopSignal() });
  const brokenCode = tellBroken(run, invocation);
  const worker = await workerOf(run);
  using _lock = lockWallet(settings, worker.address, terminal.host.nowMs);
  let report: CycleReport;
  try {
    report = isQuiet(run, topics, worker)
      ? {
        outcomes: topics.map(({ topicId }) => ({ topicId, state: "idle" as const })),
        exitCode: 0,
      }
      : await (await import("../cycle/run_cycle.ts")).runCycle(
        { ...run, lowerPriority },
        topics,
        { worker },
      );
  } catch (thrown) {
    // In the log, where it is looked for, and so on stderr: once.
    const { message: error, hint, exitCode } = failureOf(run, thrown);
    run.tell("run.failed", { error, hint });
    return worstExitCode([exitCode, brokenCode]);
  }
  const exitCode = worstExitCode([report.exitCode, brokenCode]);
  tellFailures(run, { ...report, exitCode });
  const outcomes = [...report.outcomes, ...brokenOutcomes(invocation, settings)];
  const whole = { outcomes, exitCode };
  terminal.out(invocation.json ? `${JSON.stringify(jsonOf(whole))}\n` : textOf(whole));
  return exitCode;
};

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
  const isIdle = outcomes.every(({ state }) => state === "idle");
  if (isIdle) run.tell("cycle.nothing_due", { topics: outcomes.length });
  else run.tell("run.finished", { topics: outcomes.length, exit_code: exitCode });
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
