import { EXIT_CODES, messageOf, PipelineError } from "../../errors.ts";
import { writeAlertsFile } from "../../health/alerts_file.ts";
import { type CheckResult, worstStatus } from "../../health/check.ts";
import { exactCure } from "../../health/cure.ts";
import { reportJson, reportText, STATUS_EXIT_CODES } from "../../health/report.ts";
import { writeStatusFile } from "../../health/status_file.ts";
import { statePaths } from "../../host/paths.ts";
import { type LedgerReader, readLedger } from "../../ledger/read.ts";
import type { Settings } from "../../settings.ts";
import { shellQuote } from "../../settings/file_error.ts";
import { duration } from "../../settings/setting_type.ts";
import type { Handler, Invocation } from "../command.ts";
import { settingsOf } from "../open_run.ts";
import type { Terminal } from "../terminal_io.ts";
import { runChecks } from "./run_checks.ts";

/** Looks at everything once, or again and again. */
export const health: Handler = async (invocation, terminal) => {
  const { every } = invocation.values;
  if (every === undefined) return await look(invocation, terminal);
  const everyMs = everyOf(every);
  const stop = terminal.stopSignal();
  while (!stop.aborted) {
    await look(invocation, terminal, stop);
    await terminal.host.sleep(everyMs, stop).catch(() => {});
  }
  return 0;
};

function everyOf(text: string): number {
  const type = duration("1s", "7d");
  const ms = type.parse(text, "");
  if (ms !== undefined) return ms;
  throw new PipelineError("usage", `Cannot read --every: ${text} is not ${type.allowed}`);
}

/** One look, printed and written to the two files; returns the plugins' exit code. */
async function look(
  invocation: Invocation,
  terminal: Terminal,
  stop = new AbortController().signal,
): Promise<number> {
  let settings: Settings;
  try {
    settings = settingsOf(invocation, terminal);
  } catch (thrown) {
    // Whoever watches the exit code must not take a mistake in a file for health.
    if (!(thrown instanceof PipelineError) || thrown.kind === "usage") throw thrown;
    const code = print([broken(thrown)], invocation, terminal);
    return invocation.switches.has("service") ? thrown.exitCode : code;
  }
  const { callPeople } = await import("./tell_people.ts");
  using people = await callPeople(settings, terminal, stop);
  const results = await runChecks(settings, terminal, { stop });
  // What a stop cut short says nothing of how things are.
  if (stop.aborted) return 0;
  const unwritten = writeFiles(settings, results, terminal);
  // Before the metrics, which tell how many alerts are open.
  const isTold = await people.hear([...results, ...unwritten]);
  const unmeasured = wantsMetrics(settings)
    ? await (await import("../metrics/after_health.ts"))
      .metricsAfterHealth(settings, terminal, results, stop)
    : [];
  const code = print([...results, ...unwritten, ...unmeasured], invocation, terminal);
  const { CRITICAL, UNKNOWN } = STATUS_EXIT_CODES;
  const isUnheard = !isTold && [CRITICAL, UNKNOWN].includes(code);
  return isUnheard && invocation.switches.has("service") ? EXIT_CODES.unavailable : code;
}

const wantsMetrics = ({ metricsFile, metricsListen }: Settings) =>
  metricsFile !== undefined || metricsListen !== undefined;

function print(
  results: readonly CheckResult[],
  { json }: Invocation,
  { out, outColour, host }: Terminal,
): number {
  out(
    json
      ? `${JSON.stringify(reportJson(results, host.nowMs()))}\n`
      : reportText(results, outColour),
  );
  return STATUS_EXIT_CODES[worstStatus(results.map(({ status }) => status))];
}

function broken({ message, hint }: PipelineError): CheckResult {
  const fix = exactCure(hint, "allora-pipeline doctor --settings");
  return { id: "settings", status: "UNKNOWN", message, fix };
}

/** Both files, each whatever becomes of the other; what could not be written is one more result. */
function writeFiles(
  settings: Settings,
  results: readonly CheckResult[],
  { host }: Terminal,
): readonly CheckResult[] {
  using opened = new DisposableStack();
  let reader: LedgerReader | undefined;
  const ledger = () =>
    reader ??= opened.use(
      readLedger(statePaths(settings.stateDir).ledger, { nowMs: () => host.nowMs() }),
    );
  const checkedMs = host.nowMs();
  const files = {
    "healthcheck_status.log": () => writeStatusFile({ settings, results, checkedMs, ledger }),
    "healthcheck_alerts.log": () => writeAlertsFile(settings.logDir, results, checkedMs),
  };
  return Object.entries(files).flatMap(([subject, write]): CheckResult[] => {
    try {
      write();
      return [];
    } catch (thrown) {
      const hint = thrown instanceof PipelineError ? thrown.hint : undefined;
      const fix = exactCure(hint, `ls -ld ${shellQuote(settings.logDir)}`);
      return [{ id: "files", subject, status: "WARNING", message: messageOf(thrown), fix }];
    }
  });
}
