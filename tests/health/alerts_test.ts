import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { alertOn, alertStart } from "../../src/health/alerts/alert_on.ts";
import type { CheckResult, Status } from "../../src/health/check.ts";
import { type Desk, desk } from "./desk.ts";
import { receive, SECRET, titlesOf } from "./receiver.ts";

const MINUTE = 60_000, HOUR = 60 * MINUTE;

function balance(status: Status, value = 2): CheckResult {
  return {
    ...{ id: "balance", status, value, unit: "days", warn: "10:", crit: "3:" },
    message: status === "OK" ? "lasts long" : `the balance lasts ${value} days`,
    ...status !== "OK" && { fix: "allora-pipeline wallet balance" },
  };
}

/** One look at the checks after another, `pause` apart. */
async function look(at: Desk, statuses: readonly Status[], pause: number, isComplete = false) {
  for (const status of statuses) {
    at.clock.nowMs += pause;
    await alertOn([balance(status)], at.context, { isComplete });
  }
}

const kinds = (titles: readonly string[]) => titles.map((title) => title.split(" balance")[0]);

Deno.test("an incident is told when it begins, when it gets worse, while it lasts and when it is over", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  await look(at, ["OK", "WARNING", "WARNING", "CRITICAL", "WARNING", "CRITICAL"], HOUR);
  assertEquals(kinds(titlesOf(hook)), ["WARNING", "CRITICAL"]);
  await look(at, ["WARNING", "WARNING", "WARNING", "WARNING", "WARNING"], HOUR);
  assertEquals(kinds(titlesOf(hook)), ["WARNING", "CRITICAL", "STILL WARNING"]);
  await look(at, ["OK"], HOUR);
  assertEquals(titlesOf(hook).length, 3);
  await look(at, ["OK", "OK", "OK"], HOUR);
  assertEquals(kinds(titlesOf(hook)).slice(3), ["RESOLVED"]);
  assertEquals(at.context.ledger.openAlerts(), []);
});

Deno.test("100 flapping runs are one incident: told once, reminded, resolved once", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const flaps = Array.from({ length: 100 }, (_, i): Status => i % 2 === 0 ? "CRITICAL" : "OK");
  await look(at, flaps, 5 * MINUTE);
  await look(at, ["OK", "OK", "OK", "OK", "OK"], 5 * MINUTE);
  // 500 minutes: one reminder.
  assertEquals(kinds(titlesOf(hook)), ["CRITICAL", "STILL CRITICAL", "RESOLVED"]);
});

Deno.test("a notice says host, topic, cause, value, thresholds, what to do and where the log is", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const fix = "allora-pipeline history --topic 67 --last 10";
  await alertOn(
    [{
      ...{ id: "submission", topicId: 67n, status: "CRITICAL", message: "3 windows missed", fix },
      ...{ value: 3, warn: "0", crit: "1" },
    }],
    at.context,
    { isComplete: false },
  );
  const { notices: [notice] } = JSON.parse(hook.received[0]!.body) as {
    notices: { facts: unknown; title: string; alert: string; kind: string; host: string }[];
  };
  assertEquals(notice?.title, "CRITICAL submission, topic 67: 3 windows missed");
  assertEquals([notice?.alert, notice?.kind, notice?.host], [
    "submission/67/",
    "raised",
    "worker-1",
  ]);
  assertEquals(notice?.facts, {
    ...{ host: "worker-1", topic: "67", cause: "3 windows missed" },
    ...{ value: "3 (WARNING above 0, CRITICAL above 1)", since: "2024-05-01 00:00 UTC" },
    "to do": fix,
    log: "journalctl -t allora-pipeline ALLORA_TOPIC_ID=67 --since '2024-04-30 23:50 UTC'",
  });
});

Deno.test("a channel that fails gets everything later, and the others nothing twice", async () => {
  await using good = receive();
  await using bad = receive();
  using at = desk({ secrets: { webhook: good.url, "slack-webhook": bad.url } });
  bad.answer = () => new Response("no_service", { status: 503 });
  await look(at, ["CRITICAL"], HOUR);
  at.restart();
  await look(at, Array.from({ length: 13 }, (): Status => "CRITICAL"), HOUR);
  assertEquals(kinds(titlesOf(good)), ["CRITICAL", "STILL CRITICAL", "STILL CRITICAL"]);
  assertEquals(bad.received.length, 14);
  bad.answer = () => new Response("ok");
  at.restart();
  await look(at, ["OK", "OK"], HOUR);
  const last = bad.received.slice(14).map(({ body }) =>
    (JSON.parse(body) as { text: string }).text
  );
  // The reminders that it missed would say nothing new.
  assertEquals(last.map((text) => text.split(" balance")[0]), ["CRITICAL", "RESOLVED"]);
  assertEquals(kinds(titlesOf(good)).slice(3), ["RESOLVED"]);
  const failed = at.told.filter(({ event }) => event === "alert.not_delivered");
  assertEquals(failed.length, 14);
  assertEquals(failed[0]?.fields["error"], "Cannot reach slack: status is 503: no_service");
});

Deno.test("a channel that hangs holds up no other, and is given up at its timeout", async () => {
  await using good = receive();
  await using slow = receive();
  using at = desk({
    secrets: { webhook: good.url, "discord-webhook": slow.url },
    env: { ALLORA_ALERT_TIMEOUT: "200ms" },
  });
  const hold = Promise.withResolvers<void>();
  slow.answer = async () => {
    await hold.promise;
    return new Response("late");
  };
  const start = performance.now();
  await look(at, ["CRITICAL"], HOUR);
  assert(performance.now() - start < 2000);
  assertEquals(titlesOf(good).length, 1);
  assertMatch(String(at.told.at(-1)?.fields["error"]), /no answer in 200 ms/);
  hold.resolve();
});

Deno.test("429 is obeyed: a short Retry-After is waited, a long one is left to a later run", async () => {
  await using hook = receive();
  const waits: number[] = [];
  using at = desk({
    secrets: { webhook: hook.url },
    host: { sleep: (ms) => Promise.resolve(void waits.push(ms)) },
  });
  hook.answer = () =>
    hook.received.length === 1
      ? new Response("", { status: 429, headers: { "retry-after": "2.5" } })
      : new Response("ok");
  await look(at, ["WARNING"], HOUR);
  assertEquals([waits, hook.received.length], [[2500], 2]);
  hook.answer = () => new Response("", { status: 429, headers: { "retry-after": "600" } });
  await look(at, ["CRITICAL"], HOUR);
  assertEquals(hook.received.length, 3);
  hook.answer = () => new Response("ok");
  await look(at, ["CRITICAL"], 5 * MINUTE);
  assertEquals(hook.received.length, 3);
  await look(at, ["CRITICAL"], 6 * MINUTE);
  assertEquals(hook.received.length, 4);
});

Deno.test("a message that a channel will never take is given up, and does not hold up the next", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  hook.answer = () => new Response("invalid_payload", { status: 400 });
  await look(at, ["WARNING"], HOUR);
  hook.answer = () => new Response("ok");
  await look(at, ["CRITICAL"], HOUR);
  assertEquals(hook.received.length, 2);
  assertEquals(at.told.filter(({ event }) => event === "alert.given_up").length, 1);
});

Deno.test("many incidents of one look are few messages", async () => {
  await using hook = receive();
  await using chat = receive();
  using at = desk({ secrets: { "slack-webhook": hook.url, "discord-webhook": chat.url } });
  const results = Array.from({ length: 50 }, (_, i): CheckResult => ({
    ...{
      id: "submission",
      topicId: BigInt(i + 1),
      status: "CRITICAL",
      fix: "allora-pipeline status",
    },
    message: "missed: @everyone <!channel> ```",
  }));
  await alertOn(results, at.context, { isComplete: false });
  assertEquals(hook.received.length, 3);
  assert(chat.received.length <= 10);
  assert(!hook.received[0]!.body.includes("<!channel>"));
  const embeds = JSON.parse(chat.received[0]!.body) as { allowed_mentions: unknown };
  assertEquals(embeds.allowed_mentions, { parse: [] });
});

Deno.test("a silence keeps people from hearing; what is wrong after it is told then", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  at.context.ledger.silence({ id: "balance", topicId: 0n, untilMs: at.clock.nowMs + 8 * HOUR });
  await look(at, ["CRITICAL", "CRITICAL"], HOUR);
  await alertOn([{ ...balance("WARNING"), id: "disk" }], at.context, { isComplete: false });
  assertEquals(titlesOf(hook).length, 1);
  await look(at, ["CRITICAL"], 7 * HOUR);
  assertEquals(kinds(titlesOf(hook)).at(-1), "CRITICAL");
});

Deno.test("what is not looked at any more is over after a look at everything", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  await look(at, ["CRITICAL"], HOUR, true);
  for (let looks = 0; looks < 2; looks++) {
    at.clock.nowMs += HOUR;
    await alertOn([], at.context, { isComplete: true });
  }
  assertEquals(kinds(titlesOf(hook)), ["CRITICAL", "RESOLVED"]);
});

Deno.test("without a channel nothing is lost: the first that is on hears what is wrong", async () => {
  await using hook = receive();
  using at = desk();
  await look(at, ["CRITICAL"], HOUR);
  Deno.writeTextFileSync(`${at.dir}/data/webhook`, hook.url, { mode: 0o600 });
  await look(at, ["CRITICAL"], HOUR);
  assertEquals(kinds(titlesOf(hook)), ["CRITICAL"]);
});

Deno.test("the dead man's switch hears start, success and failure, with the invocation's id", async () => {
  await using pulse = receive();
  using at = desk({ secrets: { "heartbeat-url": pulse.url } });
  await alertStart(at.context);
  await look(at, ["OK", "WARNING", "CRITICAL"], HOUR, true);
  await look(at, ["CRITICAL"], HOUR, false);
  const rid = "?rid=01234567-89ab-cdef-0123-456789abcdef";
  assertEquals(pulse.received.map(({ method, path }) => `${method} ${path}`), [
    `GET /${SECRET}/start${rid}`,
    `GET /${SECRET}${rid}`,
    `POST /${SECRET}${rid}`,
    `POST /${SECRET}/fail${rid}`,
  ]);
  assertStringIncludes(pulse.received[3]!.body, "CRITICAL balance: the balance lasts 2 days");
});

Deno.test("no URL of a channel is in an event or the ledger, whatever the other side says", async () => {
  await using hook = receive();
  using at = desk({
    secrets: {
      "slack-webhook": hook.url,
      "discord-webhook": `http://127.0.0.1:1/${SECRET}`,
      webhook: `ftp://${SECRET}`,
      "heartbeat-url": `http://127.0.0.1:1/${SECRET}`,
    },
  });
  hook.answer = ({ path }) => new Response(`no such hook: ${path}`, { status: 404 });
  await look(at, ["CRITICAL"], HOUR, true);
  assertEquals(at.told.filter(({ event }) => event === "alert.not_delivered").length, 4);
  const said = JSON.stringify(at.told);
  for (const part of SECRET.split("/")) {
    assert(!said.includes(part), said);
    for (const file of ["ledger.db", "ledger.db-wal"]) {
      const bytes = Deno.readFileSync(`${at.dir}/data/${file}`);
      assert(!new TextDecoder("latin1").decode(bytes).includes(part), file);
    }
  }
});

Deno.test("a ledger that is broken is told, with what else is wrong, and not at every look", async () => {
  await using hook = receive();
  using at = desk({ secrets: { webhook: hook.url } });
  const context = {
    ...at.context,
    get ledger(): Desk["context"]["ledger"] {
      throw new Error("Cannot use the ledger: it is malformed");
    },
  };
  await alertOn([balance("CRITICAL")], context, { isComplete: true });
  await alertOn([balance("CRITICAL")], context, { isComplete: true });
  assertEquals(titlesOf(hook), [
    "CRITICAL ledger: Cannot use the ledger: it is malformed",
    "CRITICAL balance: the balance lasts 2 days",
  ]);
});
