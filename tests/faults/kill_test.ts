import { assertEquals } from "@std/assert";
import { MAIN } from "../commands/run_main.ts";
import { CRASH_POINTS } from "../../src/host/crash_point.ts";
import { damageOf, isRandom, reportOf } from "./kill_report.ts";
import { runSuite } from "./kill_suite.ts";

Deno.test("a program that is killed at any moment loses no window and pays no fee twice", async () => {
  const { deeds, windows } = await runSuite({
    program: MAIN,
    ...{
      lanes: [4, 4],
      kills: 40,
      rounds: 1,
      pointsPerWindow: 7,
      windowBlocks: 45,
    },
  });
  const report = reportOf(deeds, windows);
  assertEquals(damageOf(windows, deeds.visited), { lost: 0, doubled: 0, paidTwice: 0 }, report);
  assertEquals(deeds.complaints, [], report);
  const met = deeds.kills.flatMap(({ aim }) => aim.kind === "held" ? aim.point : []);
  assertEquals(new Set(met), new Set(CRASH_POINTS));
  assertEquals(deeds.kills.filter(isRandom).length, 40, report);
});
