import { join } from "node:path";
import { fileError } from "../../settings/file_error.ts";
import { isThere } from "../../host/paths.ts";

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
/** What is installed and enabled under this root. */
export function unitsOf(root: string): Units {
  const installedIn = DIRECTORIES.map((directory) => join(root, directory, "systemd/system"))
    .find((directory) => isThere(join(directory, UNIT)));
  const wanted = enabledUnits(root);
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

/**
 * The command that comes before the timer, or the daemon, is enabled where the other one is: both would stop
 * each other at every boot. Undefined where nothing is in the way.
 */
export function switchOff(before: "timer" | "daemon", root = "/"): string | undefined {
  const { daemon, submitTimers } = unitsOf(root).enabled;
  const inTheWay = before === "daemon"
    ? submitTimers.join(" ")
    : daemon
    ? "allora-pipeline-daemon.service"
    : "";
  return inTheWay === "" ? undefined : `systemctl disable --now ${inTheWay}`;
}

/** Names of our units that some other wants: what `systemctl enable` leaves in *.wants. */
export function enabledUnits(root: string): readonly string[] {
  const directory = join(root, "etc/systemd/system");
  try {
    return [...Deno.readDirSync(directory)].filter(({ name }) => name.endsWith(".wants"))
      .flatMap(({ name }) => [...Deno.readDirSync(join(directory, name))].map(({ name }) => name))
      .filter((name) => /^allora-pipeline[-.]/.test(name));
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return [];
    throw fileError("read", directory, thrown);
  }
}
