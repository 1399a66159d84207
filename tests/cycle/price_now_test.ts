import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { predictTopic } from "../../src/cycle/predict_topic.ts";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { truthOf } from "../../src/devnet/truth.ts";
import type { Host } from "../../src/host/host.ts";
import { damageModel, HOURLY, type Practice, practise } from "./practice.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const PRICE = HOURLY.replace("log-return", "price");

/** A worker of the price topic, whose windows open half past the hour, and more. */
async function priced(env = ""): Promise<Practice> {
  const third = defaultTopics(10)[2]!;
  const topics = [{ ...third, firstNonce: 400 }];
  const worker = await practise({ topics, files: { "3": PRICE }, env });
  worker.stepUntil("open");
  return worker;
}

const minuteOf = (ms: number) => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/** The devnet market's close of the candle that ended at that time. */
async function closeAt({ devnet }: Practice, endMs: number, interval = "1m"): Promise<number> {
  const openMs = endMs - (interval === "1m" ? MINUTE_MS : HOUR_MS);
  const query = `symbol=BTCUSDT&interval=${interval}&startTime=${openMs}&limit=1`;
  const [row] = await (await fetch(`${devnet.marketUrl}/api/v3/klines?${query}`)).json();
  assertEquals(row[0], openMs);
  return Number(row[4]);
}

/** The host, whose requests for minutes from the market somebody else answers. */
function withMinutes(worker: Practice, answer: () => Response): Host {
  const { host } = worker.run();
  return {
    ...host,
    fetch: (url, init) =>
      /interval=1(m|&)/.test(url) ? Promise.resolve(answer()) : host.fetch(url, init),
  };
}

const count = ({ told }: Practice, name: string) =>
  told.filter(({ event }) => event === name).length;

Deno.test("a price starts from the minute of its nonce, and came true a horizon after that minute", async () => {
  await using worker = await priced();
  assertEquals((await worker.visit()).exitCode, 0);
  const [row] = worker.ledger.history(3n, 1);
  const baseMs = minuteOf(row!.baseMs!);
  const base = await closeAt(worker, baseMs);
  const before = await closeAt(worker, baseMs - MINUTE_MS);
  assert(base !== before && before !== await closeAt(worker, baseMs - baseMs % HOUR_MS, "1h"));
  assertEquals(row?.basePrice, before, "the minute that has just ended is not final yet");
  assert(row!.low! < Number(row!.value) && Number(row!.value) < row!.high!);
  const forecast = Math.log(Number(row!.value) / row!.basePrice!);
  assert(Math.abs(forecast) < 0.01);

  worker.stepUntil("closed");
  worker.devnet.step(2);
  await worker.visit();
  worker.devnet.step(600 + 720);
  await worker.visit();
  const settled = worker.ledger.history(3n, 10).find(({ nonce }) => nonce === row!.nonce);
  const target = { kind: "price", pair: "BTC/USD", horizonMs: HOUR_MS } as const;
  assertEquals(settled?.realised, truthOf(target, row!.baseMs!)?.value);
  assertEquals(settled?.lossZero, (settled!.realised! - base) ** 2);
  assertEquals(settled?.loss, (settled!.realised! - Number(row!.value)) ** 2);
  assertEquals([count(worker, "price.not_now"), count(worker, "truth.without_minutes")], [0, 0]);
});

Deno.test("a later visit starts from the nonce's own minute, and every visit after it too", async () => {
  await using worker = await priced();
  const [topic] = worker.settings.topics;
  const baseMs = worker.devnet.nowMs();
  worker.devnet.step(20);
  const first = await predictTopic(worker.run(), topic!, { baseMs, headMs: worker.devnet.nowMs() });
  worker.devnet.step(60);
  const host = withMinutes(worker, () => new Response("", { status: 500 }));
  const times = { baseMs, headMs: worker.devnet.nowMs() };
  assertEquals(await predictTopic(worker.run({ host }), topic!, times), first);
  assertEquals(first.basePrice, await closeAt(worker, minuteOf(baseMs)));
  assertEquals(first.asOfMs, minuteOf(baseMs));
});

Deno.test("a fallback's price starts from the minute too", async () => {
  await using worker = await priced();
  await damageModel(worker, 3n);
  assertEquals((await worker.visit()).exitCode, 0);
  const [row] = worker.ledger.history(3n, 1);
  assertEquals(row?.fallback, "mean");
  assertEquals(row?.basePrice, await closeAt(worker, minuteOf(row!.baseMs!) - MINUTE_MS));
});

Deno.test("where no minutes are to be had the last close stands in, which is told once", async () => {
  await using worker = await priced();
  const host = withMinutes(worker, () => new Response("no minutes", { status: 503 }));
  assertEquals((await worker.visit({ host })).exitCode, 0);
  const [row] = worker.ledger.history(3n, 1);
  const hourMs = row!.baseMs! - row!.baseMs! % HOUR_MS;
  assertEquals(row?.basePrice, await closeAt(worker, hourMs, "1h"));
  const told = worker.told.filter(({ event }) => event === "price.not_now");
  assertEquals(told.length, 1);
  assertStringIncludes(String(told[0]?.fields["reason"]), "status is 503");
  assertEquals(told[0]?.fields["as_of"], new Date(hourMs).toISOString());

  worker.stepUntil("closed");
  worker.devnet.step(2);
  await worker.visit({ host });
  worker.devnet.step(130);
  await worker.visit({ host });
  const settled = () => worker.ledger.history(3n, 10).find(({ nonce }) => nonce === row!.nonce);
  assertEquals(settled()?.realised, null, "the minutes may come yet");
  worker.devnet.step(760);
  await worker.visit({ host });
  const close = await closeAt(worker, hourMs + HOUR_MS, "1h");
  assertEquals(settled()?.realised, close);
  assertAlmostEquals(settled()!.lossZero!, (close - row!.basePrice!) ** 2, 1e-9);
  assertEquals(count(worker, "truth.without_minutes"), 1);
});

Deno.test("a price is not forecast while two venues' minutes are apart", async () => {
  await using worker = await priced("ALLORA_VENUES=binance,kraken\n");
  const { host } = worker.run();
  /** Kraken, whose hours are those of the market and whose minutes are not. */
  const kraken = async (url: string) => {
    const query = new URL(url).searchParams;
    const isMinute = query.get("interval") === "1";
    const asked = `interval=${isMinute ? "1m" : "1h"}&startTime=${
      (Number(query.get("since")) + 1) * 1000
    }`;
    const answer = await fetch(
      `${worker.devnet.marketUrl}/api/v3/klines?symbol=BTCUSDT&limit=20&${asked}`,
    );
    const rows = (await answer.json()).map(([openMs, ...prices]: [number, ...string[]]) => [
      openMs / 1000,
      ...prices.slice(0, 4).map((price) => String(Number(price) * (isMinute ? 1.02 : 1))),
      ...["1", "1", 1],
    ]);
    return Response.json({ error: [], result: { XBTUSD: [...rows, rows.at(-1)], last: 0 } });
  };
  const { outcomes, exitCode } = await worker.visit({
    host: {
      ...host,
      fetch: (url, init) => url.includes("kraken.com") ? kraken(url) : host.fetch(url, init),
    },
  });
  assertEquals(exitCode, 69);
  assertStringIncludes(outcomes[0]!.error!.message, "1.98 % apart");
  assertEquals(await worker.sequence(), 0n);
});
