import { failureOf } from "./run.ts";
import type { Session } from "./session.ts";

/**
 * Tells of an upgrade that the chain has planned: a release that speaks the new generation should be
 * here before its height. Not knowing it costs nothing now.
 */
export async function announceUpgrade({ chain, run }: Session): Promise<void> {
  try {
    const plan = await chain.upgradePlan();
    if (plan !== undefined) run.tell("chain.upgrade_planned", { ...plan });
  } catch (thrown) {
    run.tell("endpoint.failed", { url: chain.url, error: failureOf(run, thrown).message });
  }
}
