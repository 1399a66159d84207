import { join } from "node:path";
import { writeAtomically } from "../host/atomic_file.ts";
import { fileError } from "../settings/file_error.ts";
import type { CheckResult } from "./check.ts";
import { nameOf } from "./check_name.ts";
import { lineOf } from "./report.ts";

const MAX_LINES = 1000;

/** "2026-01-31T12:00:00.000Z CRITICAL submission topic 1: 2 windows missed". */
const LINE = /^\S+ (OK|WARNING|CRITICAL|UNKNOWN) (.+?): /;

/**
 * Adds a line to healthcheck_alerts.log for each check that is worse, or well again, since its last line
 * there: the file is its own memory. The newest 1000 lines are kept. Throws as writeAtomically does.
 */
export function writeAlertsFile(
  logDir: string,
  results: readonly CheckResult[],
  nowMs: number,
): void {
  const path = join(logDir, "healthcheck_alerts.log");
  const lines = textOf(path).split("\n").filter((line) => line !== "");
  const last = new Map(lines.flatMap((line) => {
    const [, status, name] = LINE.exec(line) ?? [];
    return name === undefined ? [] : [[name, status] as const];
  }));
  const time = new Date(nowMs).toISOString();
  const news = results.flatMap((result) => {
    const name = nameOf(result);
    if (result.status === (last.get(name) ?? "OK")) return [];
    return `${time} ${result.status} ${name}: ${lineOf(result).replace(/\s+/g, " ")}`;
  });
  if (news.length === 0 && lines.length > 0) return;
  const kept = [...lines, ...news].slice(-MAX_LINES);
  writeAtomically(path, kept.map((line) => `${line}\n`).join(""));
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return "";
    throw fileError("read", path, thrown);
  }
}
