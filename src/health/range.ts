import type { CheckResult, Status } from "./check.ts";

/** A range: "10" is 0 to 10, "10:" 10 and more, "~:10" 10 and less, "10:20" between, "@10:20" not between. */
const RANGE = /^(@?)(?:(~|-?[\d.]+):)?(-?[\d.]*)$/;

/** Whether the value is one that the range alerts on, in the notation of the monitoring plugins. */
export function isOutside(value: number, range: string): boolean {
  const [, inside, start, end] = RANGE.exec(range) ?? [];
  const [low, high] = [
    start === "~" ? -Infinity : Number(start ?? 0),
    end === undefined || end === "" ? Infinity : Number(end),
  ];
  const isWithin = value >= low && value <= high;
  return inside === "@" ? isWithin : !isWithin;
}

/** What the value means under its thresholds. */
export function statusOf(
  value: number,
  { warn, crit }: Pick<CheckResult, "warn" | "crit">,
): Status {
  if (crit !== undefined && isOutside(value, crit)) return "CRITICAL";
  return warn !== undefined && isOutside(value, warn) ? "WARNING" : "OK";
}
