import { freeBytes, tryWriting } from "../../host/disk.ts";
import { PipelineError } from "../../errors.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { rootFor, shellQuote } from "../../settings/file_error.ts";
import { measured } from "../found.ts";

const MB = 1_000_000;

/** Whether there is room on the disks of the ledger and of the log, and writing there works. */
export function disk({ settings }: HealthContext): readonly CheckResult[] {
  const { stateDir, logDir, healthDiskMb: { warn, crit } } = settings;
  return [...new Set([stateDir, logDir])].map((subject) => {
    const what = { id: "disk", subject };
    try {
      tryWriting(subject);
      const value = freeBytes(subject);
      return measured({
        ...{ ...what, value, unit: "B", warn: `${warn * MB}:`, crit: `${crit * MB}:` },
        message: `${Math.floor(value / MB)} MB free`,
        fix: `${rootFor(subject)}du -xhd2 ${shellQuote(subject)}`,
      });
    } catch (thrown) {
      if (!(thrown instanceof PipelineError)) throw thrown;
      const { message } = thrown;
      if (thrown.cause instanceof Deno.errors.NotFound) {
        return { ...what, status: "UNKNOWN", message, fix: "allora-pipeline submit" };
      }
      const dir = shellQuote(subject);
      return { ...what, status: "CRITICAL", message, fix: `df -h ${dir}; ls -ld ${dir}` };
    }
  });
}
