import { join } from "node:path";
import type { CheckResult } from "../../health/check.ts";
import { fileError } from "../../settings/file_error.ts";
import { type Examined, failed, needsDaemon } from "./examined.ts";
import { isThere } from "./system.ts";

/** systemd's units of this program, as its files tell: no program is asked. */
export interface Units {
  /** Directory of the units; undefined when they are not installed. */
  readonly installedIn: string | undefined;
  readonly enabled: {
    readonly daemon: boolean;
    /** Of all topics, or the templates' own. */
    readonly submitTimers: readonly string[];
    readonly rotate: boolean;
    readonly health: boolean;
  };
}

/** Where systemd looks for units, the first of a name counts. */
const DIRECTORIES = ["etc", "run", "usr/local/lib", "usr/lib", "lib"];
const UNIT = "allora-pipeline-submit.service";
/** What shows what the units said that somebody should read. */
const JOURNAL = "journalctl -u 'allora-pipeline-*' -p warning --since today";
const ENABLE = {
  timer: "systemctl enable --now allora-pipeline.target",
  daemon: "systemctl enable --now allora-pipeline-daemon.service",
};

/** What is installed and enabled under this root. */
export function unitsOf(root: string): Units {
  const installedIn = DIRECTORIES.map((directory) => join(root, directory, "systemd/system"))
    .find((directory) => isThere(join(directory, UNIT)));
  const wanted = wantedIn(join(root, "etc/systemd/system"));
  const has = (name: string) => wanted.includes(`allora-pipeline${name}`);
  const isAll = has(".target");
  const daemon = has("-daemon.service") || has(".service");
  return {
    installedIn,
    enabled: {
      daemon,
      submitTimers: [
        ...isAll && !has("-submit.timer") ? ["allora-pipeline.target"] : [],
        ...wanted.filter((name) => /^allora-pipeline-submit(@\d+)?\.timer$/.test(name)),
      ],
      // The daemon wants these two, as the target does.
      rotate: isAll || daemon || has("-rotate.timer"),
      health: isAll || daemon || has("-health.timer"),
    },
  };
}

/** Names of all units that some other wants: what `systemctl enable` leaves in *.wants. */
function wantedIn(directory: string): readonly string[] {
  try {
    return [...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".wants"))
      .flatMap(({ name }) => [...Deno.readDirSync(join(directory, name))].map(({ name }) => name));
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw fileError("read", directory, thrown);
  }
}

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
    return { ...what, status: "CRITICAL", message, fix: `systemctl disable --now ${timers}` };
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
    fix: `systemctl enable --now ${unit}`,
  };
}
