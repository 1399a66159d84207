import { newestRun, type RunRecord } from "../ledger/runs.ts";
import type { HealthContext } from "./context.ts";

/** After a day without the daemon, somebody who runs submit all the time has gone over to it. */
const FORGOTTEN_MS = 86_400_000;

/**
 * The run that tells how things are: the daemon's where the units use it, or where it died and a submit
 * by hand came after; else the newest.
 */
export function runInUse(context: HealthContext): RunRecord | undefined {
  const runs = context.ledger().runs();
  const daemon = runs.find(({ command }) => command === "daemon");
  if (context.isDaemonEnabled()) return daemon;
  const isDead = daemon !== undefined && daemon.exitCode !== 0 &&
    context.host.nowMs() - daemon.aliveMs < FORGOTTEN_MS;
  return isDead ? daemon : newestRun(runs);
}
