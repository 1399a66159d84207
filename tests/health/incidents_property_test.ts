import { assertEquals } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { alertOn } from "../../src/health/alerts/alert_on.ts";
import { type CheckResult, type Status, STATUSES } from "../../src/health/check.ts";
import { chance } from "./chance.ts";
import { desk } from "./desk.ts";
import { receive } from "./receiver.ts";

const MINUTE = 60_000, HOUR = 60 * MINUTE, REPEAT_MS = 6 * HOUR;

interface Incident {
  readonly said?: Status;
  readonly saidMs?: number;
  readonly oks: number;
  readonly okMs: number;
}

/** What people are to hear, by the rules in words: see the JSDoc of decide(). */
class Expectation {
  readonly heard: string[] = [];
  readonly #open = new Map<string, Incident>();

  see(name: string, status: Status, nowMs: number, isSilent: boolean): void {
    const incident = this.#open.get(name);
    if (status === "OK") {
      if (incident !== undefined) this.#well(name, incident, nowMs, isSilent);
      return;
    }
    const { said, saidMs = nowMs } = incident ?? {};
    const isDue = nowMs < saidMs || nowMs - saidMs >= REPEAT_MS;
    const isWorse = said !== undefined && STATUSES.indexOf(status) > STATUSES.indexOf(said);
    const kind = said === undefined ? "raised" : isWorse ? "worse" : isDue ? "reminder" : undefined;
    const isHeard = kind !== undefined && !isSilent;
    if (isHeard) this.heard.push(`${name} ${kind} ${status}`);
    const told = isHeard ? { said: status, saidMs: nowMs } : incident;
    this.#open.set(name, { ...told, oks: 0, okMs: 0 });
  }

  #well(name: string, incident: Incident, nowMs: number, isSilent: boolean): void {
    const oks = incident.oks + 1;
    const okMs = oks === 1 || incident.okMs > nowMs ? nowMs : incident.okMs;
    const isWell = oks >= 2 && nowMs - okMs >= 15 * MINUTE;
    const isTold = incident.said !== undefined;
    if (isWell && !(isTold && isSilent)) {
      this.#open.delete(name);
      if (isTold) this.heard.push(`${name} resolved OK`);
    } else {
      this.#open.set(name, { ...incident, oks, okMs });
    }
  }
}

async function live(seed: number) {
  const random = chance(seed);
  await using hook = receive();
  await using chat = receive();
  using at = desk({ secrets: { webhook: hook.url, "discord-webhook": chat.url } });
  const arrived: string[] = [];
  let upAt = 0, silentUntilMs = 0;
  chat.answer = ({ body }) => {
    if (at.clock.nowMs < upAt) return new Response("down", { status: 503 });
    // One kind of message is never taken.
    if (body.includes("submission is UNKNOWN")) return new Response("no", { status: 400 });
    arrived.push(...(JSON.parse(body) as { embeds: { title: string }[] }).embeds.map(titleOf));
    return new Response("ok");
  };
  const locked = {
    ...at.context,
    get ledger(): typeof at.context.ledger {
      throw new PipelineError("retry", "Cannot use the ledger: it is locked");
    },
  };
  const expected = new Expectation();
  const status = new Map<string, Status>();
  const isEnd = (looks: number) => looks >= 76;
  for (let looks = 0; looks < 80; looks++) {
    at.clock.nowMs += Math.round((5 + random() * 90) * MINUTE);
    if (!isEnd(looks) && random() < 0.04) at.clock.nowMs -= 3 * HOUR;
    const nowMs = at.clock.nowMs;
    // Some outages are longer than anything waits.
    if (random() < 0.1) upAt = nowMs + random() * 100 * HOUR;
    if (isEnd(looks)) upAt = 0;
    if (random() < 0.1) {
      silentUntilMs = nowMs + Math.round(random() * 10 * HOUR);
      at.context.ledger.silence({ id: "balance", topicId: 0n, untilMs: silentUntilMs });
    }
    const isComplete = random() < 0.7, isFailed = random() < 0.15;
    const results: CheckResult[] = [];
    const seen: [string, Status][] = [];
    const find = (name: string, id: string, topicId?: bigint) => {
      const before = status.get(name) ?? "OK";
      const next = random() < 0.6 ? before : STATUSES[Math.floor(random() ** 2 * 4)]!;
      status.set(name, next);
      const isAbsent = random() < 0.1;
      if (!isAbsent) {
        const what = topicId === undefined ? { id } : { id, topicId };
        results.push({ ...what, status: next, message: `${name} is ${next}`, fix: "help" });
      }
      if (!isAbsent || isComplete) seen.push([name, isAbsent ? "OK" : next]);
    };
    find("balance/0/", "balance");
    if (!isFailed) {
      find("submission/1/", "submission", 1n);
      find("submission/2/", "submission", 2n);
      if (isComplete) seen.push(["submission/0/", "OK"]);
    } else {
      results.push({ id: "submission", status: "UNKNOWN", message: "submission is UNKNOWN" });
      seen.push(["submission/0/", "UNKNOWN"]);
    }
    const isLocked = random() < 0.1;
    await alertOn(results, isLocked ? locked : at.context, { isComplete });
    if (isLocked) continue;
    for (const [name, found] of seen) {
      expected.see(name, found, nowMs, name === "balance/0/" && nowMs < silentUntilMs);
    }
  }
  const notices = hook.received.flatMap(({ body }) =>
    (JSON.parse(body) as { notices: Heard[] }).notices
  );
  const lost = at.told.filter(({ event }) => event === "alert.given_up").flatMap(({ fields }) => {
    const titles = String(fields["titles"]).split("; ");
    const isRefused = String(fields["error"]).includes("400");
    assertEquals(isRefused && titles.some((title) => !title.includes("is UNKNOWN")), false);
    return titles;
  });
  return { notices, expected, arrived, lost };
}

interface Heard {
  readonly alert: string;
  readonly kind: string;
  readonly status: Status;
  readonly title: string;
}

const titleOf = ({ title }: { readonly title: string }) => title;
const isNews = (title: string) => !title.startsWith("STILL");

Deno.test("checks that fail, silences, clocks, locks and outages: each incident is told, reminded and resolved", async () => {
  for (let seed = 1; seed <= 6; seed++) {
    const { notices, expected, arrived, lost } = await live(seed);
    const heard = notices.map(({ alert, kind, status }) => `${alert} ${kind} ${status}`);
    for (const name of ["balance/0/", "submission/0/", "submission/1/", "submission/2/"]) {
      const of = (all: readonly string[]) => all.filter((each) => each.startsWith(name));
      assertEquals(of(heard), of(expected.heard), `seed ${seed}`);
    }
    assertEquals(heard.length, expected.heard.length, `seed ${seed}`);
    // The other channel: each once, unless it was down for too long or never takes it.
    const news = notices.map(titleOf).filter(isNews);
    assertEquals([...arrived, ...lost].filter(isNews).toSorted(), news.toSorted(), `seed ${seed}`);
  }
});
