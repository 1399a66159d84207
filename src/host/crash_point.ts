/** The steps of a submission between which a process may die; the fault suite kills it at each of them. */
export const CRASH_POINTS = [
  "started", // the lock is held, nothing has been asked
  "recovered", // what was under way has been looked up
  "window-recorded",
  "predicted", // nothing is written down
  "planned", // the prediction is durable
  "simulated",
  "signed-in-memory", // bytes exist, nobody else knows
  "signed", // bytes are durable, none has left
  "broadcast", // a node has them, the ledger does not know
  "sent",
  "in-block", // a block has been seen to hold it, the ledger does not know
  "confirmed",
  "proven", // the chain's list has been read, nothing is written down
  "settled",
] as const;

/** The same for a rotation of the log. */
export const ROTATION_POINTS = [
  "rotation-started", // the lock is held, nothing has been touched
  "log-renamed", // the log is a segment, a writer makes a new log
  "segment-locked", // nobody writes to the segment any more
  "archive-written", // the archive is complete under a temporary name
  "archive-proven", // it is durable and has been read back
  "archive-named", // archive and segment are both there
  "archive-told", // the log says so, the segment is still there
] as const;

export type CrashPoint = typeof CRASH_POINTS[number];
export type RotationPoint = typeof ROTATION_POINTS[number];

/**
 * Stops here for good, with a word on stderr, when the environment's HOLD_AT names this point: whoever
 * set it kills the process then, at a moment that no timing could hit.
 */
export function holdAt(point: CrashPoint | RotationPoint): void {
  if (Deno.env.get("HOLD_AT") !== point) return;
  Deno.stderr.writeSync(new TextEncoder().encode(`held at ${point}\n`));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
