import { assertEquals, assertMatch } from "@std/assert";
import { afterChecks } from "../../src/commands/alert/after_visit.ts";
import { alertOn } from "../../src/health/alerts/alert_on.ts";
import { unitFailed } from "../../src/health/alerts/unit_failed.ts";
import { type Desk, desk } from "./desk.ts";
import { receive, titlesOf } from "./receiver.ts";

const MINUTE = 60_000, HOUR = 60 * MINUTE;

/** A desk with units that have failed, and what looks at everything once an hour. */
async function unitsFailed(at: Desk, ...names: readonly string[]) {
  const { ledger, signal } = at.context;
  const remembered = { runs: [], visits: [], nowMs: at.clock.nowMs };
  const failed = names.map((name) => unitFailed({}, `allora-pipeline-${name}`, remembered));
  await alertOn(failed, at.context, { isComplete: false });
  const run = { ...realRun, ...at.context, signal };
  return {
    ledger,
    async looks(count: number) {
      for (let i = 0; i < count; i++) {
        at.clock.nowMs += HOUR;
        await afterChecks(run, { env: {} }, [], signal);
      }
    },
  };
}

Deno.test("a unit that failed is well when its work has succeeded since, or after a quiet day", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url }, env: { ALLORA_DIGEST: "off" } });
  const { ledger, looks } = await unitsFailed(at, "submit", "rotate", "health");
  await looks(3);
  assertEquals(titlesOf(hook).length, 3);
  ledger.finishRun("submit", { exitCode: 0, topics: new Map() });
  // What a rotation leaves that ended well.
  const { logDir } = at.context.settings;
  Deno.mkdirSync(logDir);
  Deno.writeTextFileSync(`${logDir}/rotate.done`, "");
  Deno.utimeSync(`${logDir}/rotate.done`, at.clock.nowMs / 1000, at.clock.nowMs / 1000);
  await looks(2);
  const resolved = titlesOf(hook).slice(3).sort();
  assertEquals(resolved.length, 2);
  assertMatch(resolved[0] ?? "", /^RESOLVED unit.failed, allora-pipeline-rotate.service/);
  assertMatch(resolved[1] ?? "", /^RESOLVED unit.failed, allora-pipeline-submit.service/);
  await looks(21);
  const rest = titlesOf(hook).slice(5).map((title) => title.split(" ")[0]);
  assertEquals(rest, ["STILL", "STILL", "STILL", "STILL", "RESOLVED"]);
  assertEquals(ledger.openAlerts(), []);
});

Deno.test("a topic's unit that fails is not well because another topic's succeeds", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url }, env: { ALLORA_DIGEST: "off" } });
  const { ledger, looks } = await unitsFailed(at, "submit@67");
  ledger.finishRun("submit", { exitCode: 69, topics: new Map([[67n, "no candles"]]) });
  at.clock.nowMs += MINUTE;
  ledger.finishRun("submit", { exitCode: 0, topics: new Map([[68n, undefined]]) });
  await looks(2);
  assertEquals(ledger.openAlerts().length, 1);
  ledger.finishRun("submit", { exitCode: 0, topics: new Map([[67n, undefined]]) });
  await looks(2);
  assertEquals(ledger.openAlerts(), []);
});

Deno.test("why a unit failed is what its own run wrote down, and no other's", () => {
  using at = desk();
  const { ledger } = at.context;
  const end = (exitCode: number, error: string, topicId: bigint) =>
    ledger.finishRun("submit", { exitCode, error, topics: new Map([[topicId, error]]) });
  const told = (name: string, code: string, status: string) => {
    const env = { MONITOR_EXIT_CODE: code, MONITOR_EXIT_STATUS: status };
    const { nowMs } = at.clock;
    const remembered = { runs: ledger.runs(), visits: ledger.topicVisits(), nowMs };
    return unitFailed(env, `allora-pipeline-${name}`, remembered).message.split(" ").slice(1)
      .join(" ");
  };
  end(69, "no candles", 67n);
  assertEquals(told("submit", "exited", "69"), "ended with exit code 69: no candles");
  assertEquals(told("submit@67", "exited", "69"), "ended with exit code 69: no candles");
  assertEquals(told("submit@68", "exited", "78"), "ended with exit code 78");
  assertEquals(told("submit", "exited", "78"), "ended with exit code 78");
  assertEquals(told("submit", "killed", "KILL"), "was killed by SIGKILL");
  at.clock.nowMs += 5 * MINUTE;
  assertEquals(told("submit", "exited", "69"), "ended with exit code 69");
});

const realRun = {
  ...{ version: "of a test", pollMs: 1, dryRun: false },
  candles: () => {
    throw new Error("no candles are looked at");
  },
  mnemonic: () => Promise.reject(new Error("no wallet is used")),
};
