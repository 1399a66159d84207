import { dirname } from "node:path";
import { check } from "../../health/checks.ts";
import type { CheckResult } from "../../health/check.ts";
import { measured } from "../../health/found.ts";
import { versionLine } from "../../version.ts";
import type { Examined } from "./examined.ts";

const MB = 1_000_000;
/** A visit that trains takes 130 MB at most; a machine with less than these has none to spare. */
const MEMORY_MB = { warn: 300, crit: 150 };
/** The daemon with four endpoints, two venues and its files stays below 60. */
const OPEN_FILES = { warn: 256, crit: 64 };

/** The program and the machine that it runs on. */
export async function system(examined: Examined): Promise<readonly CheckResult[]> {
  return [
    { id: "program", status: "OK", message: versionLine() },
    systemd(examined.root),
    ...[memory(), openFiles()].flat(),
    ...await disks(examined),
  ];
}

function systemd(root: string): CheckResult {
  const what = { id: "systemd" };
  if (isThere(`${root}/run/systemd/system`.replace("//", "/"))) {
    return { ...what, status: "OK", message: "it runs this machine" };
  }
  const message = "it does not run this machine: no timer and no daemon of ours is started by it";
  return { ...what, status: "WARNING", message, fix: "allora-pipeline daemon" };
}

function memory(): readonly CheckResult[] {
  const [, kilobytes] = /^MemAvailable:\s+(\d+) kB/m.exec(textOf("/proc/meminfo")) ?? [];
  if (kilobytes === undefined) return [];
  const value = Number(kilobytes) * 1024;
  return [measured({
    ...{ id: "memory", value, unit: "B" },
    ...{ warn: `${MEMORY_MB.warn * MB}:`, crit: `${MEMORY_MB.crit * MB}:` },
    message: `${Math.floor(value / MB)} MB available`,
    fix: "ps -eo rss,comm --sort=-rss",
  })];
}

function openFiles(): readonly CheckResult[] {
  const [, soft] = /^Max open files\s+(\S+)/m.exec(textOf("/proc/self/limits")) ?? [];
  if (soft === undefined) return [];
  const value = soft === "unlimited" ? Number.MAX_SAFE_INTEGER : Number(soft);
  return [measured({
    ...{ id: "open files", value },
    ...{ warn: `${OPEN_FILES.warn}:`, crit: `${OPEN_FILES.crit}:` },
    message: `${soft} may be open at a time`,
    fix: "ulimit -n 1024",
  })];
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

/** Whether something is there, also where it may not be looked at. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (thrown) {
    return !(thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory);
  }
}

/** Empty where the kernel does not say. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.PermissionDenied) {
      return "";
    }
    throw thrown;
  }
}
