import { assert, assertEquals } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { alertOn } from "../../src/health/alerts/alert_on.ts";
import type { CheckResult, Status } from "../../src/health/check.ts";
import { type Desk, desk } from "./desk.ts";
import { receive, titlesOf } from "./receiver.ts";

const HOUR = 3_600_000;

/** Two looks at everything, an hour apart. */
async function lookTwice(at: Desk, results: readonly CheckResult[]): Promise<void> {
  for (let looks = 0; looks < 2; looks++) {
    at.clock.nowMs += HOUR;
    await alertOn(results, at.context, { isComplete: true });
  }
}

function found(id: string, status: Status, what: Partial<CheckResult> = {}): CheckResult {
  return { id, status, message: `it is ${status}`, ...what };
}

Deno.test("a check that could not be made ends no incident, and a topic whose file broke has all of its own", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const node = "http://node:26657", topicId = 67n, grid = "BTC/USD 60min";
  const open = [
    found("submission", "CRITICAL", { topicId }),
    found("runway", "CRITICAL"),
    found("latency", "WARNING", { subject: node }),
    found("market", "WARNING", { subject: `binance ${grid}` }),
    found("agreement", "CRITICAL", { subject: grid }),
    found("drift", "WARNING", { topicId }),
  ];
  await alertOn(open, at.context, { isComplete: true });
  assertEquals(titlesOf(hook).length, 6);
  // Each look hides what it could not look at; the rest is there, and as bad as before.
  const hidden: readonly (readonly [CheckResult, readonly string[]])[] = [
    [found("submission", "UNKNOWN"), ["submission"]],
    [found("balance", "UNKNOWN"), ["runway"]],
    [found("endpoint", "WARNING", { subject: node }), ["latency"]],
    [found("endpoint", "UNKNOWN"), ["latency"]],
    [found("market", "UNKNOWN"), ["market", "agreement"]],
    [found("model", "UNKNOWN", { topicId }), ["drift"]],
    [found("settings", "CRITICAL", { topicId }), ["submission", "market", "agreement"]],
  ];
  for (const [result, ids] of hidden) {
    await lookTwice(at, [result, ...open.filter(({ id }) => !ids.includes(id))]);
    const kept = at.context.ledger.openAlerts().map(({ id }) => id);
    assert(open.every(({ id }) => kept.includes(id)), result.id);
  }
  await lookTwice(at, [
    found("endpoint", "OK", { subject: "http://other" }),
    found("balance", "OK"),
    found("model", "OK", { topicId }),
  ]);
  await lookTwice(at, []);
  assertEquals(at.context.ledger.openAlerts(), []);
});

Deno.test("one endpoint that is down is one message, not one of each check that asks the chain", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const subject = "http://node:26657";
  const topics = [1n, 2n].map((topicId) => found("submission", "UNKNOWN", { topicId }));
  const down = found("endpoint", "CRITICAL", { subject });
  const others = [found("balance", "UNKNOWN"), found("clock", "UNKNOWN"), ...topics];
  others.push(found("latency", "UNKNOWN", { subject }));
  await lookTwice(at, [down, ...others]);
  assertEquals(titlesOf(hook), [`CRITICAL endpoint, ${subject}: it is CRITICAL`]);
  await lookTwice(at, [found("endpoint", "OK", { subject }), found("balance", "UNKNOWN")]);
  assertEquals(titlesOf(hook).slice(1), [
    "UNKNOWN balance: it is UNKNOWN",
    `RESOLVED endpoint, ${subject}: it is OK`,
  ]);
});

Deno.test("an incident that ends in a silence is told to be over when the silence is", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const { ledger } = at.context;
  await lookTwice(at, [found("balance", "WARNING")]);
  ledger.silence({ id: "", topicId: 0n, untilMs: at.clock.nowMs + 5 * HOUR });
  await lookTwice(at, [found("balance", "OK"), found("disk", "WARNING", { subject: "/" })]);
  await lookTwice(at, [found("balance", "OK"), found("disk", "OK", { subject: "/" })]);
  assertEquals(titlesOf(hook).length, 1);
  // Of the other nobody knows: it ends as quietly as it began.
  assertEquals(ledger.openAlerts().map(({ id, oks }) => [id, oks]), [["balance", 4]]);
  await lookTwice(at, [found("balance", "OK")]);
  assertEquals(titlesOf(hook).slice(1), ["RESOLVED balance: it is OK"]);
  assertEquals(ledger.openAlerts(), []);
});

/** The desk's alerts with a ledger that cannot be had. */
function without(at: Desk, error: Error) {
  return {
    ...at.context,
    get ledger(): Desk["context"]["ledger"] {
      throw error;
    },
  };
}

Deno.test("what was told while the ledger was broken is not told again by the ledger, but is resolved", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const broken = without(at, new Error("Cannot use the ledger: it is malformed"));
  const look = async (context: Desk["context"], ...results: CheckResult[]) => {
    at.clock.nowMs += HOUR;
    await alertOn(results, context, { isComplete: true });
  };
  await look(broken, found("disk", "WARNING"));
  await look(broken, found("disk", "WARNING"), found("balance", "WARNING"));
  assertEquals(titlesOf(hook), [
    "CRITICAL ledger: Cannot use the ledger: it is malformed",
    "WARNING disk: it is WARNING",
    "WARNING balance: it is WARNING",
  ]);
  const well = [found("ledger", "OK"), found("disk", "WARNING"), found("balance", "OK")];
  await look(at.context, ...well);
  at.restart();
  await look(at.context, ...well);
  assertEquals(titlesOf(hook).slice(3).toSorted(), [
    "RESOLVED balance: it is OK",
    "RESOLVED ledger: it is OK",
  ]);
  assertEquals(at.context.ledger.openAlerts().map(({ id }) => id), ["disk"]);
});

Deno.test("a ledger that another process holds is an event; the next look tells people", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const locked = new PipelineError("retry", "Cannot use the ledger: it is locked");
  await alertOn([found("disk", "WARNING")], without(at, locked), { isComplete: true });
  assertEquals([titlesOf(hook), at.told.map(({ event }) => event)], [[], ["alert.failed"]]);
  await alertOn([found("disk", "WARNING")], at.context, { isComplete: true });
  assertEquals(titlesOf(hook), ["WARNING disk: it is WARNING"]);
});
