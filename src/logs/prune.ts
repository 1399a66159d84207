import { join } from "node:path";
import { removeFile, rotatedIn } from "./rotated.ts";

/**
 * Deletes the archives that were rotated more than `keepMs` before `nowMs`, by the time in their names;
 * returns their names, oldest first. One from the future, as a clock that was put back sees it, is kept.
 */
export function pruneArchives(dir: string, nowMs: number, keepMs: number): readonly string[] {
  const old = rotatedIn(dir).filter(({ form, rotatedMs }) =>
    form === "archive" && nowMs - rotatedMs > keepMs
  );
  for (const { name } of old) removeFile(join(dir, name));
  return old.map(({ name }) => name);
}
