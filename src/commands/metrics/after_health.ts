import { messageOf } from "../../errors.ts";
import type { CheckResult } from "../../health/check.ts";
import { statePaths } from "../../host/paths.ts";
import type { Settings } from "../../settings.ts";
import { openRun, type RunOptions } from "../open_run.ts";
import type { Terminal } from "../terminal_io.ts";
import { metricsAfterVisit, writeMetricsFile } from "./after_visit.ts";

/**
 * What health found becomes metrics, and the textfile is written; where there is no ledger yet, none is
 * made. Returns what went wrong, as one more result.
 */
export async function metricsAfterHealth(
  settings: Settings,
  terminal: Terminal,
  results: readonly CheckResult[],
  options: RunOptions,
): Promise<readonly CheckResult[]> {
  const failures: string[] = [];
  try {
    if (Deno.statSync(statePaths(settings.stateDir).ledger).size === 0) return [];
    using opened = openRun(settings, terminal, options);
    const run = {
      ...opened,
      // Health leaves the log alone; that the balance is not known, one of its checks says.
      tell: (event: string, fields: Readonly<Record<string, unknown>> = {}) => {
        if (event === "metrics.unwritten") failures.push(String(fields["error"]));
      },
    };
    run.ledger.recordChecks(results);
    const [worker] = run.ledger.workers();
    await (worker === undefined ? writeMetricsFile(run) : metricsAfterVisit(run, worker));
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) failures.push(messageOf(thrown));
  }
  return failures.map((message) => ({
    ...{ id: "metrics", status: "WARNING" as const, message },
    fix: "allora-pipeline metrics --textfile PATH",
  }));
}
