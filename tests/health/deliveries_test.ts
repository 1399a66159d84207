import { assert, assertEquals, assertRejects } from "@std/assert";
import { alertOn } from "../../src/health/alerts/alert_on.ts";
import type { CheckResult } from "../../src/health/check.ts";
import { tryLock } from "../../src/host/file_lock.ts";
import { desk } from "./desk.ts";
import { receive, titlesOf } from "./receiver.ts";

const HOUR = 3_600_000, DAY = 24 * HOUR;

function wrong(id: string, what: Partial<CheckResult> = {}): CheckResult {
  return { id, status: "WARNING", message: `${id} is wrong`, ...what };
}

const down = () => new Response("", { status: 503 });

Deno.test("a channel that is down for days loses what is old, and not what is new", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url }, env: { ALLORA_ALERT_REPEAT: "7d" } });
  const look = (pauseMs: number, ...results: CheckResult[]) => {
    at.clock.nowMs += pauseMs;
    return alertOn(results, at.context, { isComplete: false });
  };
  hook.answer = down;
  await look(0, wrong("disk"));
  await look(2 * DAY, wrong("disk"), wrong("balance"));
  await look(1.5 * DAY, wrong("disk"), wrong("balance"));
  const told = hook.received.length;
  hook.answer = () => new Response("ok");
  await look(HOUR, wrong("disk"), wrong("balance"));
  assertEquals(titlesOf({ received: hook.received.slice(told) }), [
    "WARNING balance: balance is wrong",
  ]);
  const given = at.told.filter(({ event }) => event === "alert.given_up");
  assertEquals(given.map(({ fields }) => [fields["titles"], fields["error"]]), [
    ["WARNING disk: disk is wrong", "Cannot reach webhook: status is 503"],
  ]);
});

Deno.test("a channel that was off for days is not told old news when it is on again", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url }, env: { ALLORA_ALERT_REPEAT: "7d" } });
  const file = at.context.settings.webhookFile;
  hook.answer = down;
  await alertOn([wrong("disk")], at.context, { isComplete: false });
  await Deno.remove(file);
  at.clock.nowMs += 4 * DAY;
  assert(at.context.ledger.hasPendingDeliveries());
  await alertOn([wrong("disk")], at.context, { isComplete: false });
  assert(!at.context.ledger.hasPendingDeliveries());
  await Deno.writeTextFile(file, hook.url, { mode: 0o600 });
  await alertOn([wrong("disk")], at.context, { isComplete: false });
  assertEquals(hook.received.length, 1);
});

Deno.test("one notice that a channel never takes keeps none of the others from it", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const arrived: string[] = [];
  hook.answer = (request) => {
    if (request.body.includes("poison")) return new Response("invalid", { status: 400 });
    arrived.push(...titlesOf({ received: [request] }));
    return new Response("ok");
  };
  const bad = wrong("market", { message: "poison" });
  const { told } = await alertOn([wrong("disk"), bad, wrong("balance")], at.context, {
    isComplete: false,
  });
  await alertOn([wrong("disk"), bad, wrong("balance")], at.context, { isComplete: false });
  assertEquals(arrived, ["WARNING disk: disk is wrong", "WARNING balance: balance is wrong"]);
  assertEquals(told.get("webhook")?.message, "Cannot reach webhook: status is 400: invalid");
  const given = at.told.filter(({ event }) => event === "alert.given_up");
  assertEquals(given.map(({ fields }) => fields["titles"]), ["WARNING market: poison"]);
});

Deno.test("without a ledger everything is told all the same, in messages that a channel takes", async () => {
  await using hook = receive();
  using at = desk({ secrets: { "discord-webhook": hook.url } });
  let embeds = 0;
  hook.answer = ({ body }) => {
    const message = JSON.parse(body) as { embeds: { title: string; description: string }[] };
    const chars = message.embeds.map(({ title, description }) => title.length + description.length);
    const isTooLong = message.embeds.length > 10 || chars.reduce((a, b) => a + b) > 6000;
    if (isTooLong || body.includes("poison")) return new Response("", { status: 400 });
    embeds += message.embeds.length;
    return new Response("ok");
  };
  const results = Array.from({ length: 50 }, (_, i): CheckResult => ({
    ...wrong("submission", { topicId: BigInt(i + 1) }),
    message: i === 25 ? "poison" : "missed ".repeat(40),
  }));
  const context = {
    ...at.context,
    get ledger(): typeof at.context.ledger {
      throw new Error("Cannot use the ledger: it is malformed");
    },
  };
  await alertOn(results, context, { isComplete: false });
  assertEquals(embeds, 50);
});

Deno.test("the lock is held until the last channel has answered, whatever becomes of another", async () => {
  await using quick = receive();
  await using slow = receive();
  using at = desk({ secrets: { webhook: quick.url, "slack-webhook": slow.url } });
  const { ledger, lockPath } = at.context;
  const context = {
    ...at.context,
    ledger: {
      ...ledger,
      recordDeliveries: (...args: Parameters<typeof ledger.recordDeliveries>) => {
        if (args[0] === "webhook" && args[2] === "delivered") throw new Error("the disk is full");
        ledger.recordDeliveries(...args);
      },
    },
  };
  let isFree: boolean | undefined;
  slow.answer = async () => {
    while (quick.received.length === 0) await new Promise((go) => setTimeout(go, 5));
    await new Promise((go) => setTimeout(go, 50));
    const taken = tryLock(lockPath);
    isFree = !("heldBy" in taken);
    return new Response("ok");
  };
  await assertRejects(
    () => alertOn([wrong("disk")], context, { isComplete: false }),
    Error,
    "the disk is full",
  );
  assertEquals(isFree, false);
  assertEquals(ledger.pendingDeliveries("slack"), []);
});
