import { assert, assertEquals } from "@std/assert";
import { alertOn } from "../../src/health/alerts/alert_on.ts";
import { type CheckResult, type Status, STATUSES } from "../../src/health/check.ts";
import { chance } from "./chance.ts";
import { desk } from "./desk.ts";
import { receive } from "./receiver.ts";

const MINUTE = 60_000, HOUR = 60 * MINUTE, REPEAT_MS = 6 * HOUR;
const IDS = ["balance", "disk"];

interface Heard {
  readonly alert: string;
  readonly kind: string;
  readonly status: Status;
  readonly at: string;
  readonly title: string;
}

/** One look at one thing. */
interface Seen {
  readonly atMs: number;
  readonly status: Status;
}

/** What is wrong tends to stay so; what is well too. */
function nextStatus(before: Status, random: () => number): Status {
  if (random() < 0.6) return before;
  return random() < 0.5 ? "OK" : STATUSES[Math.floor(random() * STATUSES.length)]!;
}

async function live(seed: number) {
  const random = chance(seed);
  await using hook = receive();
  await using chat = receive();
  using at = desk({ secrets: { webhook: hook.url, "discord-webhook": chat.url } });
  const arrived: { title: string; timestamp: string }[] = [];
  let isDown = false;
  chat.answer = ({ body }) => {
    if (isDown) return new Response("down", { status: random() < 0.5 ? 500 : 404 });
    arrived.push(...(JSON.parse(body) as { embeds: typeof arrived }).embeds);
    return new Response("ok");
  };
  const seen = new Map<string, Seen[]>(IDS.map((id) => [id, []]));
  for (let looks = 0; looks < 60; looks++) {
    at.clock.nowMs += Math.round((5 + random() * 90) * MINUTE);
    if (random() < 0.2) at.restart();
    isDown = looks < 57 && (random() < 0.2 ? !isDown : isDown);
    const results = IDS.map((id): CheckResult => {
      const status = nextStatus(seen.get(id)!.at(-1)?.status ?? "OK", random);
      seen.get(id)!.push({ atMs: at.clock.nowMs, status });
      return { id, status, message: `${id} is ${status}`, fix: "allora-pipeline status" };
    });
    await alertOn(results, at.context, { isComplete: random() < 0.5 });
  }
  const heard = hook.received.flatMap(({ body }) =>
    (JSON.parse(body) as { notices: Heard[] }).notices
  );
  return { heard, seen, arrived };
}

/** What people should have heard of one thing, by the rules in words: see the JSDoc of decide(). */
function hold(heard: readonly Heard[], seen: readonly Seen[]): void {
  const queue = [...heard];
  let incident: { saidMs: number; said: Status; oks: number; okMs: number } | undefined;
  for (const { atMs, status } of seen) {
    const notice = queue[0] && Date.parse(queue[0].at) === atMs ? queue.shift() : undefined;
    if (status === "OK") {
      const oks = (incident?.oks ?? 0) + 1;
      const okMs = oks === 1 ? atMs : incident?.okMs ?? atMs;
      const isOver = incident !== undefined && oks >= 2 && atMs - okMs >= 15 * MINUTE;
      assertEquals(notice?.kind, isOver ? "resolved" : undefined);
      incident = isOver ? undefined : incident && { ...incident, oks, okMs };
      continue;
    }
    const isWorse = incident && STATUSES.indexOf(status) > STATUSES.indexOf(incident.said);
    const isDue = incident && atMs - incident.saidMs >= REPEAT_MS;
    const kind = !incident ? "raised" : isWorse ? "worse" : isDue ? "reminder" : undefined;
    assertEquals(notice?.kind, kind);
    if (notice) assertEquals(notice.status, status);
    const said = notice ? { saidMs: atMs, said: status } : incident!;
    incident = { ...said, oks: 0, okMs: 0 };
  }
  assertEquals(queue, [], "nothing else is told");
}

Deno.test("whatever comes, every incident is told once, reminded on time and resolved once", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { heard, seen, arrived } = await live(seed);
    for (const id of IDS) {
      hold(heard.filter(({ alert }) => alert === `${id}/0/`), seen.get(id)!);
    }
    // The channel that was down time and again: all but reminders, each once, in the same order.
    const names = arrived.map(({ title, timestamp }) => `${timestamp} ${title}`);
    assertEquals(new Set(names).size, names.length, `seed ${seed}`);
    const news = heard.filter(({ kind }) => kind !== "reminder").map(({ at, title }) =>
      `${at} ${title}`
    );
    const isReminder = new Set(
      heard.filter(({ kind }) => kind === "reminder").map(({ at, title }) => `${at} ${title}`),
    );
    assertEquals(names.filter((name) => !isReminder.has(name)), news, `seed ${seed}`);
    assert(names.every((name) => isReminder.has(name) || news.includes(name)));
  }
});
