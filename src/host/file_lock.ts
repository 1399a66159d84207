import { dirname } from "node:path";
import { ensureDirSync } from "@std/fs";
import { fileError } from "../settings/file_error.ts";
import { writeAll } from "./atomic_file.ts";
import type { Host } from "./host.ts";

/** An exclusive lock, held until it is disposed or the process ends, however it ends. */
export interface Lock extends Disposable {
  readonly path: string;
}

/** Who holds the lock that was asked for: "pid 4711 since 2024-05-01T09:00:00.000Z". */
export interface Held {
  readonly heldBy: string;
}

/**
 * Takes the lock of a file (flock(2), which the kernel frees with the process) without waiting. The
 * file stays when the lock is gone: removing it would let two processes lock two files of one name.
 * Throws PipelineError "denied" or "config" when the file cannot be made.
 */
export function tryLock(path: string, nowMs: () => number = Date.now): Lock | Held {
  let file: Deno.FsFile;
  try {
    ensureDirSync(dirname(path));
    file = Deno.openSync(path, { read: true, write: true, create: true, mode: 0o640 });
  } catch (thrown) {
    throw fileError("lock", path, thrown);
  }
  try {
    if (!file.tryLockSync(true)) {
      const holder = Deno.readTextFileSync(path).trim();
      file.close();
      return { heldBy: holder || "another process" };
    }
    file.truncateSync();
    const holder = `pid ${Deno.pid} since ${new Date(nowMs()).toISOString()}\n`;
    writeAll(file, new TextEncoder().encode(holder));
  } catch (thrown) {
    file.close();
    throw fileError("lock", path, thrown);
  }
  return {
    path,
    [Symbol.dispose]: () => {
      file.truncateSync();
      file.close();
    },
  };
}

/** Between two tries for a lock, milliseconds. */
const LOCK_POLL_MS = 100;

/**
 * As tryLock(), but waits up to `patienceMs` for whoever holds it. Throws as tryLock() does, and the
 * signal's reason when aborted.
 */
export async function waitForLock(
  path: string,
  host: Pick<Host, "nowMs" | "sleep">,
  { patienceMs, signal }: { readonly patienceMs: number; readonly signal?: AbortSignal },
): Promise<Lock | Held> {
  const untilMs = host.nowMs() + patienceMs;
  while (true) {
    const taken = tryLock(path, () => host.nowMs());
    if (!("heldBy" in taken) || host.nowMs() >= untilMs) return taken;
    await host.sleep(LOCK_POLL_MS, signal);
  }
}
