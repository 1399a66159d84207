import { join } from "node:path";
import { fileError } from "../settings/file_error.ts";

/** The log that is written to. */
export const LOG_NAME = "submission.log";

/** A file that a rotation made. */
export interface Rotated {
  readonly name: string;
  /** From the name, epoch milliseconds. */
  readonly rotatedMs: number;
  /** A log that is not compressed yet, its archive, or an archive that was never finished. */
  readonly form: "segment" | "archive" | "unfinished";
}

const FORMS: Readonly<Record<string, Rotated["form"]>> = {
  ".log": "segment",
  ".log.gz": "archive",
  ".log.gz.tmp": "unfinished",
};
const NAME =
  /^submission_(\d{4})(\d\d)(\d\d)_(\d\d)(\d\d)(\d\d)(?:-([1-9]\d{0,8}))?(\.log(?:\.gz(?:\.tmp)?)?)$/;

/** What rotations left in the directory, oldest first; none when it is missing. */
export function rotatedIn(dir: string): readonly Rotated[] {
  try {
    return [...Deno.readDirSync(dir)].flatMap(({ name }) => parse(name) ?? [])
      .sort((a, b) => a.rotatedMs - b.rotatedMs || a.turn - b.turn);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw fileError("read", dir, thrown);
  }
}

/** A segment's name for this moment that nothing in the directory has, as it is or compressed. */
export function freeSegment(dir: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]/g, "").replace("T", "_").slice(0, 15);
  for (let turn = 0;; turn++) {
    const name = `submission_${stamp}${turn === 0 ? "" : `-${turn}`}.log`;
    if (![name, `${name}.gz`].some((taken) => isThere(join(dir, taken)))) return name;
  }
}

/** Whether something of this name is there, be it a link that leads nowhere. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw fileError("read", path, thrown);
  }
}

/** Throws PipelineError. */
export function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (thrown) {
    throw fileError("delete", path, thrown);
  }
}

function parse(name: string): (Rotated & { readonly turn: number }) | undefined {
  const [, year, month, day, hour, minute, second, turn, end] = NAME.exec(name) ?? [];
  const rotatedMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  const form = FORMS[end ?? ""];
  if (Number.isNaN(rotatedMs) || form === undefined) return undefined;
  return { name, rotatedMs, form, turn: Number(turn ?? 0) };
}
