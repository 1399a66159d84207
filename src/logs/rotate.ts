import { join } from "node:path";
import type { EventName } from "../events.ts";
import { syncDirectory } from "../host/atomic_file.ts";
import type { Host } from "../host/host.ts";
import { fileError } from "../settings/file_error.ts";
import { type Content, provenContent, writeArchive } from "./archive.ts";
import { LineReader } from "./lines.ts";
import {
  checkLogDirectory,
  lockLogDirectory,
  openPlainFile,
  plainFileAt,
} from "./log_directory.ts";
import { pruneArchives, type PruneOptions } from "./prune.ts";
import { freeSegment, isThere, LOG_NAME, removeFile, type Rotated, rotatedIn } from "./rotated.ts";

export interface RotateOptions {
  /** Of submission.log and its archives. */
  readonly dir: string;
  /** How long archives are kept. */
  readonly keepMs: number;
  readonly host: Pick<Host, "nowMs" | "reached">;
  /** Logs what was done, once it is done: opens the log and closes it again. */
  tell(event: EventName, fields: Readonly<Record<string, unknown>>): void;
  /** Gives up; the next rotation takes up what is left. */
  readonly signal?: AbortSignal;
}

/** A log that was put into an archive. */
export interface Archived extends Content {
  readonly archive: string;
  readonly compressedBytes: number;
}

export interface Rotation {
  readonly archived: readonly Archived[];
  /** Segments that somebody still writes to. */
  readonly postponed: readonly string[];
  /** Archives that were deleted. */
  readonly pruned: readonly string[];
}

/**
 * Moves submission.log aside and puts it, and what earlier rotations left, into archives that are read
 * back and compared before the source goes. A log with nothing in it but rotation's own lines stays.
 * Writers go on meanwhile: whoever has the old file open keeps a shared lock on it (LogFile), and what is
 * still locked is left for a later rotation. A crash at any step loses nothing. Throws "retry" while
 * another rotation is under way, "denied" or "config" for a directory or file that is not safe to touch,
 * "unavailable" for a full disk, and the signal's reason.
 */
export async function rotateLogs(options: RotateOptions): Promise<Rotation> {
  const { dir, keepMs, host, tell } = options;
  const archived: Archived[] = [], postponed: string[] = [];
  if (!checkLogDirectory(dir)) return { archived, postponed, pruned: [] };
  using _lock = lockLogDirectory(dir, () => host.nowMs());
  host.reached("rotation-started");
  const pruned = pruneAndTell(options, { keepMs, isUnattended: true });
  renameLog(options);
  const left = rotatedIn(dir);
  const named = (wanted: Rotated["form"]) => left.filter(({ form }) => form === wanted);
  for (const { name } of named("unfinished")) removeFile(join(dir, name));
  for (const { name } of named("segment")) {
    const done = await archiveSegment(name, options);
    if (done === undefined) {
      postponed.push(name);
      tell("log.postponed", { segment: name });
    } else {
      archived.push(done);
    }
  }
  return { archived, postponed, pruned };
}

/** Deletes the archives older than `keepMs`, as a person asks for, under the lock of rotations. Throws as rotateLogs() does. */
export function pruneLogs(
  options: Pick<RotateOptions, "dir" | "host" | "tell">,
  keepMs: number,
): readonly string[] {
  const { dir, host } = options;
  if (!checkLogDirectory(dir)) return [];
  using _lock = lockLogDirectory(dir, () => host.nowMs());
  return pruneAndTell(options, { keepMs, isUnattended: false });
}

function pruneAndTell(
  { dir, host, tell }: Pick<RotateOptions, "dir" | "host" | "tell">,
  kept: Omit<PruneOptions, "nowMs">,
): readonly string[] {
  const pruned = pruneArchives(dir, { nowMs: host.nowMs(), ...kept });
  if (pruned.length > 0) {
    tell("log.pruned", { archives: pruned.length, oldest: pruned[0], newest: pruned.at(-1) });
  }
  return pruned;
}

/** Moves the log aside when it says something; the next who writes makes a new one. */
function renameLog({ dir, host }: RotateOptions): void {
  const log = join(dir, LOG_NAME);
  if (!saysSomething(log)) return;
  // rename(2) would replace a segment of the same second.
  const segment = freeSegment(dir, host.nowMs());
  renameFile(log, join(dir, segment));
  syncDirectory(dir);
  host.reached("log-renamed");
}

/** What a rotation itself writes: a log of nothing else would be rotated for ever. */
const OWN_EVENTS = new Set<unknown>(
  ["log.rotated", "log.postponed", "log.pruned", "log.rotation_failed"] satisfies EventName[],
);

function saysSomething(log: string): boolean {
  if (plainFileAt(log) === undefined) return false;
  using file = openPlainFile(log);
  const reader = new LineReader(file);
  for (const line of reader.lines()) if (!isOwn(line)) return true;
  return reader.unfinished !== "";
}

function isOwn(line: string): boolean {
  try {
    const { event }: { event?: unknown } = JSON.parse(line) ?? {};
    return OWN_EVENTS.has(event);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return false;
    throw thrown;
  }
}

/** The archive that a segment has gone into, or undefined while somebody writes to it. */
async function archiveSegment(
  name: string,
  { dir, host, tell, signal }: RotateOptions,
): Promise<Archived | undefined> {
  using source = openPlainFile(join(dir, name));
  if (!source.tryLockSync(true)) return undefined;
  host.reached("segment-locked");
  let segment = name;
  let content: Content | undefined;
  if (isThere(join(dir, `${name}.gz`))) {
    // An earlier rotation died before it removed the segment, or this is another's archive.
    content = await provenContent(join(dir, `${name}.gz`), source, signal);
    if (content === undefined) {
      segment = freeSegment(dir, host.nowMs());
      renameFile(join(dir, name), join(dir, segment));
    }
  }
  const archive = `${segment}.gz`;
  content ??= await writeArchive(source, join(dir, archive), { host, signal });
  host.reached("archive-named");
  const done = { archive, ...content, compressedBytes: Deno.statSync(join(dir, archive)).size };
  // Before the segment goes: told twice, should we die in between, rather than never.
  const { lines, bytes, compressedBytes: compressed_bytes } = done;
  tell("log.rotated", { archive, lines, bytes, compressed_bytes });
  host.reached("archive-told");
  removeFile(join(dir, segment));
  syncDirectory(dir);
  return done;
}

function renameFile(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (thrown) {
    throw fileError("rename", from, thrown);
  }
}
