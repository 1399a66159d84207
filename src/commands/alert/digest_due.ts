import type { Run } from "../../cycle/run.ts";
import type { AlertContext } from "../../health/alerts/alert_on.ts";
import type { Host } from "../../host/host.ts";

/** A digest tells of this long, and comes this often, milliseconds. */
export const DIGEST_MS = 7 * 86_400_000;

/** Tells the week's digest once a week, unless that is off; the first week begins with the first call. */
export async function tellDigest(run: Run, context: AlertContext): Promise<void> {
  const { ledger, host, settings } = context;
  if (settings.digest === "off") return;
  const isDue = (lastMs: number | undefined) => lastMs !== undefined && isLongAgo(lastMs, host);
  const lastMs = ledger.milestoneMs("digest");
  if (lastMs === undefined) return ledger.reachMilestone("digest");
  if (!isDue(lastMs)) return;
  const { tellOnce } = await import("../../health/alerts/tell_once.ts");
  const { digestNotice } = await import("./digest.ts");
  await tellOnce("digest", () => digestNotice(run, context.hostName), context, isDue);
}

/** Clocks are stepped by a second or so without anybody's fault; farther ahead, one was wrong then. */
const CLOCK_STEP_MS = 60_000;

function isLongAgo(lastMs: number, { nowMs }: Pick<Host, "nowMs">): boolean {
  const ageMs = nowMs() - lastMs;
  return ageMs >= DIGEST_MS || ageMs < -CLOCK_STEP_MS;
}
