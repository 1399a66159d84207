import { join } from "node:path";
import { removeFile, rotatedIn } from "./rotated.ts";

export interface PruneOptions {
  readonly nowMs: number;
  readonly keepMs: number;
  /**
   * Nobody looks on: a stretch longer than `keepMs` in which nothing was rotated makes no archive older.
   * It is a clock that was put ahead, which would delete them all at once, or a machine that was off.
   */
  readonly isUnattended: boolean;
}

/**
 * Deletes the archives that are older than `keepMs`, by the time in their names; returns their names,
 * oldest first. One from the future, as a clock that was put back sees it, is kept.
 */
export function pruneArchives(
  dir: string,
  { nowMs, keepMs, isUnattended }: PruneOptions,
): readonly string[] {
  const old: string[] = [];
  let laterMs = nowMs, ageMs = 0;
  for (const { name, form, rotatedMs } of rotatedIn(dir).toReversed()) {
    if (rotatedMs > nowMs) continue;
    const stretchMs = laterMs - rotatedMs;
    if (!isUnattended || stretchMs <= keepMs) ageMs += stretchMs;
    laterMs = rotatedMs;
    if (form === "archive" && ageMs > keepMs) old.unshift(name);
  }
  for (const name of old) removeFile(join(dir, name));
  return old;
}
