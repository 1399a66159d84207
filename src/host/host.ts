import { type CrashPoint, holdAt, type RotationPoint } from "./crash_point.ts";

/**
 * The machine as the rooms see it. Time, chance and the network come in through this object, so that
 * every room runs in a test, and on the devnet's faster clock, without patching.
 */
export interface Host {
  /** Wall clock, epoch milliseconds. For deadlines; "now" in the market is the head block's time. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A number in [0, 1), for jitter only. */
  random(): number;
  fetch(url: string, init?: RequestInit): Promise<Response>;
  /** A websocket on its way to being open. */
  openSocket(url: string): WebSocket;
  /** A submission, or a rotation, has come to this point; only the fault suites do anything about it. */
  reached(point: CrashPoint | RotationPoint): void;
}

export const realHost: Host = {
  nowMs: () => Date.now(),
  sleep,
  random: () => Math.random(),
  fetch: (url, init) => fetch(url, init),
  openSocket: (url) => new WebSocket(url),
  reached: holdAt,
};

function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
