import { fileError, rootFor } from "../../settings/file_error.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { measured } from "../found.ts";
import { span } from "../words.ts";

/** When the program was paused, epoch milliseconds; undefined while it is not. */
export function pausedSinceMs(path: string): number | undefined {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw fileError("look at", path, thrown);
  }
}

/** So many times as long as was meant, a pause was forgotten: every window of it is lost. */
const FORGOTTEN = 3;

/** Whether a pause lasts longer than was meant. */
export function pause({ settings, host, pauseFile }: HealthContext): CheckResult {
  const what = { id: "pause" };
  const sinceMs = pausedSinceMs(pauseFile);
  if (sinceMs === undefined) return { ...what, status: "OK", message: "not paused" };
  const ageMs = Math.max(0, host.nowMs() - sinceMs);
  return measured({
    ...{ ...what, value: Math.round(ageMs / 1000), unit: "s" },
    warn: String(settings.healthPauseMs / 1000),
    crit: String(FORGOTTEN * settings.healthPauseMs / 1000),
    message: `paused for ${span(ageMs)}: nothing is submitted while ${pauseFile} is there`,
    fix: `${rootFor(pauseFile)}rm ${pauseFile}`,
  });
}
