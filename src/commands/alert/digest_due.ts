import type { Run } from "../../cycle/run.ts";
import type { AlertContext } from "../../health/alerts/alert_on.ts";

/** A digest tells of this long, and comes this often, milliseconds. */
export const DIGEST_MS = 7 * 86_400_000;

/** Tells the week's digest once a week; the first week begins with the first call. */
export async function tellDigest(run: Run, context: AlertContext): Promise<void> {
  const { ledger, host } = context;
  const isDue = (lastMs: number | undefined) =>
    lastMs !== undefined && host.nowMs() - lastMs >= DIGEST_MS;
  if (ledger.milestoneMs("digest") === undefined) return ledger.reachMilestone("digest");
  const { tellOnce } = await import("../../health/alerts/tell_once.ts");
  const { digestNotice } = await import("./digest.ts");
  await tellOnce("digest", () => digestNotice(run, context.hostName), context, isDue);
}
