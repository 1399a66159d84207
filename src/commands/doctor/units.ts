import type { CheckResult } from "../../health/check.ts";
import { type Examined, failed, needsDaemon } from "./examined.ts";
import { type Units, unitsOf } from "./unit_files.ts";

/** What shows what the units said that somebody should read. */
const JOURNAL = "journalctl -u 'allora-pipeline-*' -p warning --since today";
const ENABLE = {
  timer: "sudo systemctl enable --now allora-pipeline.target",
  daemon: "sudo systemctl enable --now allora-pipeline-daemon.service",
};

/** Whether something will submit when nobody watches, and only one thing. */
export async function units(examined: Examined): Promise<readonly CheckResult[]> {
  let found: Units;
  try {
    found = unitsOf(examined.root);
  } catch (thrown) {
    return [failed({ id: "units" }, thrown, "ls -l /etc/systemd/system")];
  }
  const { installedIn, enabled } = found;
  if (installedIn === undefined) {
    const message = "not installed: nothing is started when this terminal is closed";
    return [{ id: "units", status: "WARNING", message, fix: "sudo allora-pipeline install" }];
  }
  return [
    { id: "units", status: "OK", message: `installed in ${installedIn}` },
    await submitter(examined, enabled),
    helper("rotation", enabled.rotate, "allora-pipeline-rotate.timer"),
    helper("health", enabled.health, "allora-pipeline-health.timer"),
    { id: "journal", status: "OK", message: JOURNAL },
  ];
}

async function submitter(
  examined: Examined,
  { daemon, submitTimers }: Units["enabled"],
): Promise<CheckResult> {
  const what = { id: "submit" };
  const timers = submitTimers.join(" ");
  if (daemon && submitTimers.length > 0) {
    const message = `both the daemon and ${timers} are enabled: one stops the other at each boot`;
    return { ...what, status: "CRITICAL", message, fix: `sudo systemctl disable --now ${timers}` };
  }
  if (daemon) return { ...what, status: "OK", message: "the daemon is enabled" };
  if (submitTimers.length > 0) return { ...what, status: "OK", message: `${timers} is enabled` };
  const facts = examined.isOffline ? [] : await examined.topics().catch(() => []);
  const isShort = facts.some((each) => !("error" in each) && needsDaemon(each));
  const message = "neither the timer nor the daemon is enabled: nothing is submitted after a boot";
  return { ...what, status: "WARNING", message, fix: ENABLE[isShort ? "daemon" : "timer"] };
}

function helper(id: string, isEnabled: boolean, unit: string): CheckResult {
  return isEnabled ? { id, status: "OK", message: `${unit} is enabled, or wanted by what is` } : {
    id,
    status: "WARNING",
    message: `${unit} is not enabled`,
    fix: `sudo systemctl enable --now ${unit}`,
  };
}
