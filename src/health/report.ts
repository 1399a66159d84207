import { paint, table } from "../host/terminal.ts";
import { type CheckResult, type Status, STATUSES, worstStatus } from "./check.ts";
import { nameOf } from "./check_name.ts";

/** As the monitoring plugins exit. */
export const STATUS_EXIT_CODES: Readonly<Record<Status, number>> = {
  OK: 0,
  WARNING: 1,
  CRITICAL: 2,
  UNKNOWN: 3,
};

const COLOURS = { OK: "green", WARNING: "yellow", UNKNOWN: "blue", CRITICAL: "red" } as const;

/** The worst first; among equals the order of the checks. */
export function worstFirst(results: readonly CheckResult[]): readonly CheckResult[] {
  const rank = ({ status }: CheckResult) => STATUSES.indexOf(status);
  return results.toSorted((a, b) => rank(b) - rank(a));
}

/** The plugins' first line, "STATUS - text | perfdata", and a line for each check, the worst first. */
export function reportText(results: readonly CheckResult[], colour: boolean): string {
  const worst = worstStatus(results.map(({ status }) => status));
  const data = results.flatMap(perfdata).join(" ");
  const rows = worstFirst(results).map((result) => [
    paint(result.status, COLOURS[result.status], colour),
    plain(nameOf(result)),
    plain(lineOf(result)),
  ]);
  const head = `${worst} - ${plain(summary(results))}${data === "" ? "" : ` | ${data}`}`;
  return `${head}\n${rows.length === 0 ? "" : `${table(rows)}\n`}`;
}

/** What is said of all checks together: the first of the worst, and how many there are of each. */
export function summary(results: readonly CheckResult[]): string {
  const [first] = worstFirst(results);
  const counts = STATUSES.toReversed().flatMap((status) => {
    const count = results.filter((result) => result.status === status).length;
    return count === 0 ? [] : `${count} ${status}`;
  }).join(", ");
  if (first === undefined || first.status === "OK") {
    return `${results.find(isPaused)?.message ?? "all is well"}: ${counts}`;
  }
  return `${nameOf(first)}: ${first.message} (${counts})`;
}

/** Whether the check of the pause says that there is one: only then it measures how long. */
export function isPaused(result: CheckResult | undefined): result is CheckResult {
  return result?.id === "pause" && result.value !== undefined;
}

/** What was found, and what to do about it. */
export function lineOf({ message, fix }: CheckResult): string {
  return fix === undefined ? message : `${message}; to fix: ${fix}`;
}

/** A bar would begin the performance data. */
function plain(text: string): string {
  return text.replaceAll("|", "/").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}

/** Units that the plugins' guidelines know; another makes a parser refuse the value. */
const UNITS: readonly (string | undefined)[] = ["s", "B", "%"];

function perfdata(result: CheckResult): readonly string[] {
  const { value, unit, warn = "", crit = "" } = result;
  if (value === undefined) return [];
  const label = nameOf(result).replace(/['=|]/g, "_");
  const measure = UNITS.includes(unit) ? unit : "";
  return [`'${label}'=${Number(value.toFixed(6))}${measure};${warn};${crit}`.replace(/;+$/, "")];
}

/** The same for a program: members are added, never changed; ignore those you do not know. */
export function reportJson(results: readonly CheckResult[], checkedMs: number) {
  return {
    status: worstStatus(results.map(({ status }) => status)),
    checked_at: new Date(checkedMs).toISOString(),
    checks: results.map((result) => ({
      name: result.id,
      topic_id: result.topicId === undefined ? null : String(result.topicId),
      subject: result.subject ?? null,
      status: result.status,
      message: result.message,
      value: result.value ?? null,
      unit: result.unit ?? null,
      warn: result.warn ?? null,
      crit: result.crit ?? null,
      fix: result.fix ?? null,
    })),
  };
}
