import { assertEquals } from "@std/assert";
import { openLedger } from "../../src/ledger/ledger.ts";

Deno.test("runs and visits are remembered, and failures counted until one succeeds", () => {
  const path = `${Deno.makeTempDirSync()}/ledger.db`;
  let now = 1000;
  using ledger = openLedger(path, { nowMs: () => now });
  ledger.startRun("submit");
  assertEquals(ledger.runs()[0]?.finishedMs, null);
  now = 2000;
  const failed = { exitCode: 69, error: "no node", topics: new Map([[67n, "no node"]]) };
  ledger.finishRun("submit", failed);
  ledger.finishRun("submit", failed);
  const run = {
    ...{ command: "submit", startedMs: 2000, aliveMs: 2000, finishedMs: 2000, exitCode: 69 },
    ...{ error: "no node", succeededMs: null, failures: 2 },
  };
  assertEquals(ledger.runs(), [run]);
  const visits = { topicId: 67n, visitedMs: 2000, succeededMs: null, failures: 2 };
  assertEquals(ledger.topicVisits(), [{ ...visits, error: "no node" }]);
  now = 3000;
  ledger.finishRun("submit", { exitCode: 0, topics: new Map([[67n, undefined]]) });
  assertEquals(ledger.runs().map(({ failures, succeededMs }) => [failures, succeededMs]), [[
    0,
    3000,
  ]]);
  assertEquals(ledger.topicVisits(), [
    { topicId: 67n, visitedMs: 3000, succeededMs: 3000, failures: 0, error: null },
  ]);
});

Deno.test("a daemon's beats keep it alive, and its visits count as its own", () => {
  let now = 1000;
  using ledger = openLedger(`${Deno.makeTempDirSync()}/ledger.db`, { nowMs: () => now });
  ledger.startRun("daemon");
  now = 40_000;
  ledger.beat("daemon");
  ledger.beat("daemon", { exitCode: 69, error: "no node", topics: new Map() });
  const [run] = ledger.runs();
  assertEquals([run?.startedMs, run?.aliveMs, run?.finishedMs, run?.failures, run?.error], [
    ...[1000, 40_000, null, 1, "no node"],
  ]);
});
