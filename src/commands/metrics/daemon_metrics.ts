import type { Run } from "../../cycle/run.ts";
import { messageOf, PipelineError } from "../../errors.ts";
import { serveMetrics } from "../../health/metrics/serve.ts";
import type { Loopback } from "../../host/loopback.ts";
import { metricsAfterVisit, writeMetricsFile } from "./after_visit.ts";
import { sourceOf } from "./source.ts";

/** The daemon's metrics. Disposing ends the serving and what is under way. */
export interface DaemonMetrics extends AsyncDisposable {
  /** A visit that did something is over, or failed as a whole. */
  visited(outcome: "done" | "failed"): void;
}

/** Between two signs of life lies at most a visit; this is what may come on top, milliseconds. */
const MARGIN_MS = 2 * 60_000;

/** Serves the metrics where ALLORA_METRICS_LISTEN says, and keeps ALLORA_METRICS_FILE up to date. */
export function daemonMetrics(run: Run, worker: string): DaemonMetrics {
  const served = serve(run);
  let last = Promise.resolve();
  return {
    visited(outcome) {
      // No visit waits for it, and one comes after the other.
      last = last.then(() =>
        outcome === "done" ? metricsAfterVisit(run, worker) : writeMetricsFile(run)
      );
    },
    async [Symbol.asyncDispose]() {
      await last;
      await served?.[Symbol.asyncDispose]();
    },
  };
}

function serve(run: Run): Loopback | undefined {
  const { host, ledger, settings: { metricsListen, runTimeoutMs } } = run;
  if (metricsListen === undefined) return undefined;
  const aliveMs = () => ledger.runs().find(({ command }) => command === "daemon")?.aliveMs ?? 0;
  try {
    const served = serveMetrics(metricsListen, {
      source: () => sourceOf(run),
      silentMs: () => host.nowMs() - aliveMs(),
      longestMs: runTimeoutMs + MARGIN_MS,
      onFailure: (error) => run.tell("metrics.unserved", { error }),
      nowMs: () => host.nowMs(),
    });
    run.tell("metrics.served", { url: `${served.url}/metrics` });
    return served;
  } catch (thrown) {
    const hint = thrown instanceof PipelineError ? thrown.hint : undefined;
    run.tell("metrics.unserved", { error: messageOf(thrown), hint });
    return undefined;
  }
}
