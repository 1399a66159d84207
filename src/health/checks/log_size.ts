import { join } from "node:path";
import { fileError } from "../../settings/file_error.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { measured } from "../found.ts";

const MB = 1_000_000;

/** Bytes of a file; 0 when there is none. Throws when it may not be looked at. */
export function bytesOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return 0;
    throw fileError("look at", path, thrown);
  }
}

/** Whether the log grows without anybody rotating it. */
export function logSize({ settings: { logDir, healthLogMb } }: HealthContext): CheckResult {
  const path = join(logDir, "submission.log");
  const value = bytesOf(path);
  return measured({
    ...{ id: "log-size", value, unit: "B" },
    warn: String(healthLogMb.warn * MB),
    crit: String(healthLogMb.crit * MB),
    message: value === 0 ? `${path} is empty` : `${path} has ${(value / MB).toFixed(1)} MB`,
    fix: "allora-pipeline rotate",
  });
}
