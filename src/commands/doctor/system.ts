import { dirname, join } from "node:path";
import { check } from "../../health/checks.ts";
import type { CheckResult } from "../../health/check.ts";
import { measured } from "../../health/found.ts";
import { isThere } from "../../host/paths.ts";
import { versionLine } from "../../version.ts";
import type { Examined } from "./examined.ts";

const MB = 1_000_000;
/** A visit that trains takes 130 MB at most; a machine with less than these has none to spare. */
const MEMORY_MB = { warn: 300, crit: 150 };

/** The program and the machine that it runs on. */
export async function system(examined: Examined): Promise<readonly CheckResult[]> {
  return [
    { id: "program", status: "OK", message: versionLine() },
    systemd(examined.root),
    memory(),
    ...await disks(examined),
  ];
}

function systemd(root: string): CheckResult {
  const what = { id: "systemd" };
  if (isThere(`${root}/run/systemd/system`.replace("//", "/"))) {
    const version = systemdVersion(root);
    if (version !== undefined && version < OLDEST_SYSTEMD) {
      const message = `${version} runs this machine: units are handed no secrets by one before 251`;
      return {
        ...what,
        status: "WARNING",
        message,
        fix: "cat /etc/os-release # Debian 12, Ubuntu 24.04, RHEL 9 and newer ones have it",
      };
    }
    return { ...what, status: "OK", message: "it runs this machine" };
  }
  const message = "it does not run this machine: no timer and no daemon of ours is started by it";
  return { ...what, status: "WARNING", message, fix: "allora-pipeline daemon" };
}

/** The first that looks into /etc/credstore for what LoadCredential= names without a path. */
const OLDEST_SYSTEMD = 251;
const LIBRARIES = ["lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"];

/** As its library is named; undefined where that is not found. */
function systemdVersion(root: string): number | undefined {
  const names = LIBRARIES.map((directory) => join(root, "usr", directory, "systemd"))
    .filter(isThere).flatMap((directory) => [...Deno.readDirSync(directory)])
    .map(({ name }) => /^libsystemd-shared-(\d+)/.exec(name)?.[1]);
  const version = names.find((each) => each !== undefined);
  return version === undefined ? undefined : Number(version);
}

function memory(): CheckResult {
  // Not /proc/meminfo: Deno keeps /proc for programs that may do everything.
  const value = Deno.systemMemoryInfo().available;
  return measured({
    ...{ id: "memory", value, unit: "B" },
    ...{ warn: `${MEMORY_MB.warn * MB}:`, crit: `${MEMORY_MB.crit * MB}:` },
    message: `${Math.floor(value / MB)} MB available`,
    fix: "ps -eo rss,comm --sort=-rss",
  });
}

/** Of the directories, or of where they will be made. */
async function disks({ health }: Examined): Promise<readonly CheckResult[]> {
  const { settings } = health;
  const [stateDir, logDir] = [nearest(settings.stateDir), nearest(settings.logDir)];
  return await check({ ...health, settings: { ...settings, stateDir, logDir } }, ["disk"]);
}

function nearest(path: string): string {
  return path === "/" || isThere(path) ? path : nearest(dirname(path));
}
