import { join } from "node:path";
import { fileError } from "../../settings/file_error.ts";
import { type CheckResult, worstStatus } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { measured } from "../found.ts";
import { plural, span } from "../words.ts";

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

/** A rotation comes every hour, and takes up what one before had to leave. */
const WAITING_MS = 86_400_000;

/** Whether the log, with what was moved aside and is not compressed yet, grows without end. */
export function logSize(context: HealthContext): CheckResult {
  const { settings: { logDir, healthLogMb }, host } = context;
  const path = join(logDir, "submission.log");
  const logBytes = bytesOf(path);
  const segments = context.logSegments();
  const value = segments.reduce((sum, { name }) => sum + bytesOf(join(logDir, name)), logBytes);
  const [oldest] = segments;
  const waitsMs = oldest === undefined ? 0 : host.nowMs() - oldest.rotatedMs;
  const amount = `${(value / MB).toFixed(1)} MB`;
  const found = measured({
    ...{ id: "log-size", value, unit: "B" },
    warn: String(healthLogMb.warn * MB),
    crit: String(healthLogMb.crit * MB),
    message: value === 0
      ? `${path} is empty`
      : segments.length === 0
      ? `${path} has ${amount}`
      : `${path} and ${plural(segments.length, "log")} not compressed yet have ${amount}`,
    fix: "allora-pipeline rotate",
  });
  if (oldest === undefined || waitsMs <= WAITING_MS) return found;
  return {
    ...found,
    status: worstStatus([found.status, "WARNING"]),
    message: `${join(logDir, oldest.name)} has not been compressed for ${span(waitsMs)}`,
  };
}
