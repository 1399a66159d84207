import { join } from "node:path";
import { PipelineError } from "../../errors.ts";
import type { Host } from "../../host/host.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { RunRecord, TopicVisits } from "../../ledger/runs.ts";
import type { Settings } from "../../settings.ts";
import { fileError } from "../../settings/file_error.ts";
import type { CheckResult } from "../check.ts";
import type { Look } from "./decide.ts";

type Env = Readonly<Record<string, string | undefined>>;

const ID = "unit.failed";
/** No timer of ours rests longer: a unit that has not failed for so long runs again. */
const QUIET_MS = 86_400_000;

/** The alert comes right after the failure, and timers rest longer: what ended before was another run. */
const FRESH_MS = 120_000;

/** What the ledger remembers, and when "now" is. */
export interface Remembered {
  readonly runs: readonly RunRecord[];
  readonly visits: readonly TopicVisits[];
  readonly nowMs: number;
}

/**
 * The unit whose OnFailure= started this process, as systemd.exec(5) tells of it, or `named`; why it
 * failed is `cause`, or what that very run has written down. Throws "usage" without a unit.
 */
export function unitFailed(
  env: Env,
  named: string | undefined,
  remembered: Remembered,
  cause?: string,
): CheckResult {
  const name = named ?? env["MONITOR_UNIT"];
  if (name === undefined || !/^[\w:.@\\-]{1,255}$/.test(name)) {
    throw new PipelineError("usage", "Cannot tell which unit failed: MONITOR_UNIT is not set", {
      hint:
        "systemd sets it for OnFailure=; by hand: allora-pipeline alert --unit NAME, or alert --test",
    });
  }
  const unit = /\.\w+$/.test(name) ? name : `${name}.service`;
  const invocation = env["MONITOR_INVOCATION_ID"];
  const isKnown = invocation !== undefined && /^[0-9a-f]{32}$/.test(invocation);
  const error = cause ?? errorOf(unit, env, remembered);
  return {
    ...{ id: ID, subject: unit, status: "CRITICAL" },
    message: `${unit} ${endOf(env)}${error ? `: ${error}` : ""}`,
    fix: isKnown
      ? `journalctl _SYSTEMD_INVOCATION_ID=${invocation}`
      : `journalctl -u ${unit} -n 50`,
  };
}

/** What the run wrote down that has just ended; one that was killed could not. */
function errorOf(
  unit: string,
  { MONITOR_EXIT_CODE: code, MONITOR_EXIT_STATUS: status }: Env,
  { runs, visits, nowMs }: Remembered,
): string | undefined {
  if (code !== undefined && code !== "exited") return undefined;
  const { command, topicId } = partsOf(unit);
  const isFresh = (ms: number | null) => ms !== null && nowMs - ms < FRESH_MS;
  const run = runs.find((each) => each.command === command && isFresh(each.finishedMs));
  if (run === undefined) return undefined;
  if (topicId === undefined) {
    return status === undefined || status === String(run.exitCode)
      ? run.error ?? undefined
      : undefined;
  }
  return visits.find((each) => each.topicId === topicId && isFresh(each.visitedMs))?.error ??
    undefined;
}

interface UnitContext {
  readonly ledger: Pick<Ledger, "openAlerts" | "runs" | "topicVisits">;
  readonly host: Pick<Host, "nowMs">;
  readonly settings: Pick<Settings, "logDir">;
}

/**
 * How units that failed are now: well when what they do has succeeded since, or when they have not
 * failed for a day. For whoever looks at everything.
 */
export function unitResults(context: UnitContext): readonly Look[] {
  const { ledger, host } = context;
  const open = ledger.openAlerts().filter(({ id }) => id === ID);
  return open.map(({ subject, seenMs, status, message, fix }) => {
    const succeededMs = lastSuccessMs(subject, context);
    const isWell = succeededMs > seenMs || host.nowMs() - seenMs > QUIET_MS;
    const what = { id: ID, subject };
    return isWell
      ? { ...what, status: "OK", message: `${subject} runs again` }
      : { ...what, status, message, seenMs, ...fix !== null && { fix } };
  });
}

/** When the unit's work last ended well, as far as it is known: epoch milliseconds, or 0. */
function lastSuccessMs(unit: string, { ledger, settings }: UnitContext): number {
  const { command, topicId } = partsOf(unit);
  // A rotation has no ledger, and leaves a stamp beside the log.
  if (command === "rotate") return changedMs(join(settings.logDir, "rotate.done"));
  const last = topicId === undefined
    ? ledger.runs().find((run) => run.command === command)
    : ledger.topicVisits().find((visit) => visit.topicId === topicId);
  return last?.succeededMs ?? 0;
}

/** When the file was last written; 0 when there is none. */
function changedMs(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return 0;
    throw fileError("look at", path, thrown);
  }
}

function endOf(env: Env): string {
  const { MONITOR_SERVICE_RESULT: result, MONITOR_EXIT_CODE: code, MONITOR_EXIT_STATUS: status } =
    env;
  if (result === "oom-kill") return "was killed: it used more memory than it may";
  if (result === "watchdog") return "was killed: its watchdog heard nothing of it";
  if (result === "timeout") return "took longer than it may, and was stopped";
  if (result === "start-limit-hit") return "failed too often, and is not started any more";
  if (code === "exited") return `ended with exit code ${status}`;
  if (code === "killed" || code === "dumped") return `was killed by SIG${status}`;
  return result === undefined ? "failed" : `failed (${result})`;
}

/** "submit" and 67 of allora-pipeline-submit@67.service. */
function partsOf(unit: string): {
  readonly command: string | undefined;
  readonly topicId: bigint | undefined;
} {
  const [, command, topic] = /^allora-pipeline-(\w+)(?:@(\d+))?\./.exec(unit) ?? [];
  return { command, topicId: topic === undefined ? undefined : BigInt(topic) };
}
