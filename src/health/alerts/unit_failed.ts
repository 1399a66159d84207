import { PipelineError } from "../../errors.ts";
import type { OpenAlert } from "../../ledger/alerts.ts";
import type { RunRecord } from "../../ledger/runs.ts";
import type { CheckResult } from "../check.ts";

type Env = Readonly<Record<string, string | undefined>>;

const ID = "unit.failed";
/** No timer of ours rests longer: a unit that has not failed for so long runs again. */
const QUIET_MS = 86_400_000;

/**
 * The unit whose OnFailure= started this process, as systemd.exec(5) tells of it, or `named`; why it
 * failed is what the last run says, when it was one that writes its end down. Throws "usage" without a unit.
 */
export function unitFailed(
  env: Env,
  named: string | undefined,
  runs: readonly RunRecord[],
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
  const error = runs.find(({ command }) => command === commandOf(unit))?.error;
  return {
    ...{ id: ID, subject: unit, status: "CRITICAL" },
    message: `${unit} ${endOf(env)}${error ? `: ${error}` : ""}`,
    fix: isKnown
      ? `journalctl _SYSTEMD_INVOCATION_ID=${invocation}`
      : `journalctl -u ${unit} -n 50`,
  };
}

/**
 * How units that failed are now: well when their command has succeeded since, or, where the ledger does
 * not know of it, when they have not failed for a day. For whoever looks at everything.
 */
export function unitResults(
  open: readonly OpenAlert[],
  runs: readonly RunRecord[],
  nowMs: number,
): readonly CheckResult[] {
  return open.filter(({ id }) => id === ID).map(({ subject, seenMs, status, message, fix }) => {
    const run = runs.find(({ command }) => command === commandOf(subject));
    const isWell = run === undefined ? nowMs - seenMs > QUIET_MS : (run.succeededMs ?? 0) > seenMs;
    const what = { id: ID, subject };
    return isWell
      ? { ...what, status: "OK", message: `${subject} runs again` }
      : { ...what, status, message, ...fix !== null && { fix } };
  });
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

/** "submit" of allora-pipeline-submit@67.service. */
function commandOf(unit: string): string | undefined {
  return /^allora-pipeline-(\w+)[@.]/.exec(unit)?.[1];
}
