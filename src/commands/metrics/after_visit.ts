import { type Asking, connectTo } from "../../cycle/connect.ts";
import { failureOf } from "../../cycle/run.ts";
import { exposition } from "../../health/metrics/exposition.ts";
import { writeTextfile } from "../../health/metrics/textfile.ts";
import { sourceOf } from "./source.ts";

/** Longer than this the balance does not hold up the end of a visit, milliseconds. */
const PATIENCE_MS = 10_000;

/** Metrics after a visit that did something: the balance it left, and the textfile. Never throws. */
export async function metricsAfterVisit(run: Asking, worker: string): Promise<void> {
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(PATIENCE_MS)]);
  // Of endpoints that fail the visit itself has told.
  const asking = { ...run, signal, tell: () => {} };
  try {
    const chain = await connectTo(asking);
    run.ledger.recordBalance(worker, await chain.balanceUallo(worker));
  } catch (thrown) {
    const error = failureOf(asking, thrown).message;
    if (!run.signal.aborted) run.tell("metrics.balance_unknown", { error });
  }
  await writeMetricsFile(run);
}

/** Writes ALLORA_METRICS_FILE when it is set; what fails is told, for no visit is worse for it. */
export async function writeMetricsFile(run: Asking): Promise<void> {
  const { metricsFile } = run.settings;
  if (metricsFile === undefined) return;
  try {
    writeTextfile(metricsFile, await exposition(await sourceOf(run)));
  } catch (thrown) {
    const { message: error, hint } = failureOf(run, thrown);
    run.tell("metrics.unwritten", { error, hint });
  }
}
