import { assertEquals } from "@std/assert";
import { examined } from "../../src/commands/doctor/examined.ts";
import { system } from "../../src/commands/doctor/system.ts";
import { switchOff, unitsOf } from "../../src/commands/doctor/unit_files.ts";
import { units } from "../../src/commands/doctor/units.ts";
import { processTerminal } from "../../src/commands/terminal_io.ts";
import { loadSettings, locate } from "../../src/settings.ts";

/** A file system of its own, with these units installed and these wanted ("timers/x.timer"). */
async function machine(installed: readonly string[], wanted: readonly string[]) {
  const root = await Deno.makeTempDir({ prefix: "doctor-" });
  const system = `${root}/usr/local/lib/systemd/system`;
  await Deno.mkdir(system, { recursive: true });
  for (const unit of installed) await Deno.writeTextFile(`${system}/allora-pipeline-${unit}`, "");
  for (const want of wanted) {
    const [target, unit] = want.split("/");
    const directory = `${root}/etc/systemd/system/${target}.target.wants`;
    await Deno.mkdir(directory, { recursive: true });
    await Deno.symlink(`${system}/allora-pipeline${unit}`, `${directory}/allora-pipeline${unit}`);
  }
  const looked = await examined({
    settings: loadSettings({ flags: {}, env: {}, cwd: root, root }),
    place: locate({}, root, root),
    ...{ root, isOffline: true, terminal: processTerminal() },
    signal: new AbortController().signal,
  });
  return {
    ...{ root, looked },
    async [Symbol.asyncDispose]() {
      looked[Symbol.dispose]();
      await Deno.remove(root, { recursive: true });
    },
  };
}

const SHIPPED = ["submit.service", "submit.timer", "daemon.service"];
const verdicts = async (installed: readonly string[], wanted: readonly string[]) => {
  await using it = await machine(installed, wanted);
  return (await units(it.looked)).map(({ id, status, fix = "" }) => [id, status, fix] as const);
};

Deno.test("units that are not installed, or installed and not enabled, are told with the command", async () => {
  assertEquals(await verdicts([], []), [["units", "WARNING", "sudo allora-pipeline install"]]);
  assertEquals(await verdicts(SHIPPED, []), [
    ["units", "OK", ""],
    ["submit", "WARNING", "sudo systemctl enable --now allora-pipeline.target"],
    ["rotation", "WARNING", "sudo systemctl enable --now allora-pipeline-rotate.timer"],
    ["health", "WARNING", "sudo systemctl enable --now allora-pipeline-health.timer"],
    ["journal", "OK", ""],
  ]);
});

Deno.test("the target, the three timers or the daemon are enough, each alone", async () => {
  for (
    const wanted of [
      ["multi-user/.target"],
      ["multi-user/-daemon.service"],
      ["timers/-submit.timer", "timers/-rotate.timer", "timers/-health.timer"],
    ]
  ) {
    const found = await verdicts(SHIPPED, wanted);
    assertEquals(found.map(([, status]) => status), ["OK", "OK", "OK", "OK", "OK"], wanted.join());
  }
});

Deno.test("timer and daemon at the same time fail, whichever way they are enabled", async () => {
  const [, submit] = await verdicts(SHIPPED, [
    "timers/-submit@7.timer",
    "multi-user/-daemon.service",
  ]);
  assertEquals(
    submit?.join(" "),
    "submit CRITICAL sudo systemctl disable --now allora-pipeline-submit@7.timer",
  );
  await using both = await machine(SHIPPED, ["multi-user/.target", "multi-user/-daemon.service"]);
  assertEquals(unitsOf(both.root).enabled.submitTimers, ["allora-pipeline.target"]);
  assertEquals(
    [switchOff("timer", both.root), switchOff("daemon", both.root)],
    [
      "systemctl disable --now allora-pipeline-daemon.service",
      "systemctl disable --now allora-pipeline.target",
    ],
  );
  await using none = await machine(SHIPPED, []);
  assertEquals(switchOff("timer", none.root), undefined);
  const [, submitter] = await units(both.looked);
  assertEquals(submitter?.status, "CRITICAL");
});

Deno.test("the machine is told to be systemd's where it is", async () => {
  await using it = await machine([], []);
  const before = (await system(it.looked)).find(({ id }) => id === "systemd");
  assertEquals(before?.status, "WARNING");
  await Deno.mkdir(`${it.root}/run/systemd/system`, { recursive: true });
  const after = (await system(it.looked)).find(({ id }) => id === "systemd");
  assertEquals(after?.status, "OK");
  await Deno.mkdir(`${it.root}/usr/lib/systemd`, { recursive: true });
  await Deno.writeTextFile(`${it.root}/usr/lib/systemd/libsystemd-shared-249.so`, "");
  const old = (await system(it.looked)).find(({ id }) => id === "systemd");
  assertEquals([old?.status, old?.message.slice(0, 3)], ["WARNING", "249"]);
});
