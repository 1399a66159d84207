import { assert, assertEquals, assertMatch } from "@std/assert";
import { noticeOfTurn } from "../../src/health/alerts/notice.ts";
import { type CheckResult, type Status, STATUSES } from "../../src/health/check.ts";
import { healthIds } from "../docs/guide.ts";
import { practiseQuickly } from "./bench.ts";
import { DRIVES_OF_WORK } from "./drives_of_work.ts";
import { DRIVES_OF_WORLD } from "./drives_of_world.ts";
import { assertExact } from "./exact.ts";

const DRIVES = [...DRIVES_OF_WORK, ...DRIVES_OF_WORLD];

/** Host, topic, cause, the command that cures it, and the journal's line. */
function assertAlertIsWhole(result: CheckResult): void {
  const { facts } = noticeOfTurn(
    { kind: "raised", result, sinceMs: 0 },
    { hostName: "worker-1", nowMs: 0 },
  );
  const told = new Map(facts);
  assertEquals(told.get("host"), "worker-1");
  assertEquals(told.get("topic"), result.topicId?.toString());
  assert(told.get("cause")?.startsWith(result.message.slice(0, 100)), told.get("cause"));
  assertEquals(told.get("to do"), result.fix);
  assert(told.get("log")?.startsWith("journalctl -t allora-pipeline "), told.get("log"));
  if (result.value !== undefined) assertMatch(told.get("value") ?? "", /WARNING|CRITICAL/);
}

for (const { id, way, drive, ...options } of DRIVES) {
  const name = way === undefined ? id : `${id} ${way}`;
  Deno.test(`${name} is driven to each status, and says what to paste where it is not OK`, async () => {
    await using worker = await practiseQuickly(options);
    const seen = new Map<Status, CheckResult>();
    await drive(worker, (status, results) => {
      const found = results.find((result) => result.id === id && result.status === status);
      const told = results.map(({ id, status, message }) => `${status} ${id}: ${message}`);
      assert(found !== undefined, `no ${id} is ${status} in:\n${told.join("\n")}`);
      seen.set(status, found);
    });
    assertEquals([...seen.keys()].toSorted(), [...STATUSES].toSorted());
    for (const [status, { fix, message }] of seen) {
      if (status === "OK") assertEquals(fix, undefined, message);
      else await assertExact(fix, `${status} ${name}`);
    }
    for (const result of seen.values()) if (result.status !== "OK") assertAlertIsWhole(result);
  });
}

Deno.test("every check is driven so", async () => {
  const driven = new Set(DRIVES.map(({ id }) => id));
  assertEquals([...driven].toSorted(), [...await healthIds("src/health/checks")].toSorted());
});
