import { join } from "node:path";
import { ensureDirSync } from "@std/fs";
import { PipelineError } from "../errors.ts";
import { writeAtomically } from "../host/atomic_file.ts";
import { fileError } from "../settings/file_error.ts";
import type { CheckResult } from "./check.ts";
import { nameOf, partsOf } from "./check_name.ts";
import { lineOf } from "./report.ts";
import { isUnseen } from "./unseen.ts";

const MAX_LINES = 1000;

/** "2026-01-31T12:00:00.000Z CRITICAL submission topic 1: 2 windows missed". */
const LINE = /^\S+ (OK|WARNING|CRITICAL|UNKNOWN) (.+?): /;

/**
 * Adds a line to healthcheck_alerts.log for each check that is worse, or well again, since its last line
 * there: the file is its own memory. The newest 1000 lines are kept, and of what is not well the last one,
 * however old. One process at a time; throws as writeAtomically does, and "retry" when another stays at it.
 */
export function writeAlertsFile(
  logDir: string,
  results: readonly CheckResult[],
  nowMs: number,
): void {
  const path = join(logDir, "healthcheck_alerts.log");
  using _lock = lockedDir(logDir);
  const lines = textOf(path).split("\n").filter((line) => line !== "");
  const news = newsOf(results, lastOf(lines), new Date(nowMs).toISOString());
  if (news.length === 0 && lines.length > 0) return;
  const kept = newest([...lines, ...news]);
  writeAtomically(path, kept.map((line) => `${line}\n`).join(""));
}

/** What the last line of a check says. */
interface Last {
  readonly status: string;
  readonly line: number;
}

function lastOf(lines: readonly string[]): ReadonlyMap<string, Last> {
  return new Map(lines.flatMap((text, line) => {
    const [, status, name] = LINE.exec(text) ?? [];
    return status === undefined || name === undefined ? [] : [[name, { status, line }] as const];
  }));
}

function newsOf(
  results: readonly CheckResult[],
  last: ReadonlyMap<string, Last>,
  time: string,
): readonly string[] {
  const names = new Set(results.map(nameOf));
  const gone = [...last].filter(([name, { status }]) =>
    status !== "OK" && !names.has(name) && !isUnseen(partsOf(name), results)
  );
  return [
    ...results.flatMap((result) => {
      const name = nameOf(result);
      if (result.status === (last.get(name)?.status ?? "OK")) return [];
      return `${time} ${result.status} ${name}: ${lineOf(result).replace(/\s+/g, " ")}`;
    }),
    ...gone.map(([name]) => `${time} OK ${name}: not found any more`),
  ];
}

function newest(lines: readonly string[]): readonly string[] {
  const open = new Set(
    [...lastOf(lines).values()].filter(({ status }) => status !== "OK").map(({ line }) => line),
  );
  let room = MAX_LINES - open.size;
  const isKept = lines.map((_, line) => line).toReversed().map((line) =>
    open.has(line) || room-- > 0
  ).toReversed();
  return lines.filter((_, line) => isKept[line]);
}

/** Another process is done in milliseconds; one that hangs must not hold up everybody. */
const PATIENCE_MS = 2000;

/** The directory itself is locked: a file for it would be one more to wonder at. */
function lockedDir(path: string): Disposable {
  const giveUpMs = performance.now() + PATIENCE_MS;
  try {
    ensureDirSync(path);
    const dir = Deno.openSync(path, { read: true });
    while (!dir.tryLockSync(true)) {
      if (performance.now() > giveUpMs) {
        dir.close();
        throw new PipelineError("retry", `Cannot write to ${path}: another process is at it`, {
          hint: "the next look writes what this one found",
        });
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
    return dir;
  } catch (thrown) {
    throw thrown instanceof PipelineError ? thrown : fileError("lock", path, thrown);
  }
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return "";
    throw fileError("read", path, thrown);
  }
}
