import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { measured } from "../found.ts";
import { span } from "../words.ts";

/** Seconds since the newest block; a block comes about every five. No block comes from the future. */
const THRESHOLDS = { warn: "-10:60", crit: "-60:120" };

/** Whether this machine's clock and the newest block's time go together. */
export async function clock({ probes, settings, host }: HealthContext): Promise<CheckResult> {
  const what = { id: "clock" };
  const times = (await probes()).flatMap(({ status }) =>
    status?.chainId === settings.chainId ? status.timeMs : []
  );
  if (times.length === 0) {
    return {
      ...what,
      status: "UNKNOWN",
      message: "no endpoint tells the time of the newest block",
      fix: "allora-pipeline rpc",
    };
  }
  if (settings.chainId.startsWith("allora-devnet-")) {
    return { ...what, status: "OK", message: "a devnet lives in a time of its own" };
  }
  const ageMs = host.nowMs() - Math.max(...times);
  const message = ageMs < -1000
    ? `this machine's clock is ${span(ageMs)} behind the newest block`
    : `the newest block is ${span(ageMs)} old` +
      (ageMs > 60_000 ? ": the clock is ahead, or the chain stands still" : "");
  return measured({
    ...{ ...what, ...THRESHOLDS, value: Math.round(ageMs / 1000), unit: "s", message },
    // A chain that stands still looks like a clock that is ahead; other endpoints tell.
    fix: ageMs < 0 ? "timedatectl" : "timedatectl; allora-pipeline rpc",
  });
}
