import { messageOf } from "../../errors.ts";
import type { CheckResult } from "../../health/check.ts";
import { statePaths } from "../../host/paths.ts";
import { tryLedger } from "../../ledger/read.ts";
import type { Settings } from "../../settings.ts";
import { shellQuote } from "../../settings/file_error.ts";
import type { Terminal } from "../terminal_io.ts";
import { metricsAfterVisit, writeMetricsFile } from "./after_visit.ts";

/**
 * What health found becomes metrics, and the textfile is written; where there is no ledger yet, none is
 * made. Returns what went wrong, as one more result.
 */
export async function metricsAfterHealth(
  settings: Settings,
  { host }: Pick<Terminal, "host">,
  results: readonly CheckResult[],
  stop = new AbortController().signal,
): Promise<readonly CheckResult[]> {
  const failures: string[] = [];
  try {
    const path = statePaths(settings.stateDir).ledger;
    if (Deno.statSync(path).size === 0) return [];
    using ledger = tryLedger(path, { nowMs: () => host.nowMs() });
    const run = {
      ...{ settings, host, ledger, signal: stop },
      // Health leaves the log alone; that the balance is not known, one of its checks says.
      tell: (event: string, fields: Readonly<Record<string, unknown>> = {}) => {
        if (event === "metrics.unwritten") failures.push(String(fields["error"]));
      },
    };
    ledger.recordChecks(results);
    const [worker] = ledger.workers();
    await (worker === undefined ? writeMetricsFile(run) : metricsAfterVisit(run, worker));
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) failures.push(messageOf(thrown));
  }
  const { metricsFile } = settings;
  const fix = `allora-pipeline metrics${
    metricsFile === undefined ? "" : ` --textfile ${shellQuote(metricsFile)}`
  }`;
  return failures.map((message) => ({ id: "metrics", status: "WARNING", message, fix }));
}
