import { assert, assertEquals } from "@std/assert";
import { packagedCandles } from "../../src/devnet/packaged_candles.ts";
import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { truthOf } from "../../src/devnet/truth.ts";
import { getJson, type Json } from "./node_calls.ts";

const HOUR_MS = 3_600_000;

function klines({ marketUrl }: Devnet, query: Record<string, string | number>): Promise<Json> {
  const text = Object.entries(query).map(([name, value]) => `${name}=${value}`).join("&");
  return getJson(`${marketUrl}/api/v3/klines?${text}`);
}

Deno.test("packagedCandles() holds what the files hold", async () => {
  for (
    const [pair, file] of [
      ["BTC/USD", "btcusd_1h.csv.gz"],
      ["ETH/USD", "ethusd_1h.csv.gz"],
    ] as const
  ) {
    const url = new URL(`../../src/devnet/candles/${file}`, import.meta.url);
    const stream = new Blob([await Deno.readFile(url)]).stream();
    const text = await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).text();
    const rows = text.trim().split("\n").slice(1);
    const { openMs, open, high, low, close, volume } = packagedCandles(pair);
    assertEquals(openMs.length, rows.length);
    const wrong = rows.filter((line, i) => {
      const [time, ...numbers] = line.split(",");
      const here = [open[i], high[i], low[i], close[i], volume[i]];
      return Date.parse(time!) !== openMs[i] || numbers.some((n, k) => Number(n) !== here[k]);
    });
    assertEquals(wrong, []);
  }
});

Deno.test("the venue serves the newest candles, the last one open", async () => {
  await using devnet = await startDevnet({ manual: true });
  devnet.step(360); // half past midnight
  const rows = await klines(devnet, { symbol: "BTCUSDT", interval: "1h", limit: 3 });
  const opens = rows.map(([openMs]: [number]) => new Date(openMs).toISOString().slice(0, 16));
  assertEquals(opens, ["2024-10-31T22:00", "2024-10-31T23:00", "2024-11-01T00:00"]);
  assertEquals(rows[1].slice(1, 6), [
    "70479.99000000",
    "70654.76000000",
    "70292.00000000",
    "70292.01000000",
    "849.78185000",
  ]);
  const [openMs, open, high, low, close, volume, closeMs, ...rest] = rows[2];
  assertEquals([openMs, closeMs - openMs, rest.length], [devnet.nowMs() - HOUR_MS / 2, 3599999, 5]);
  assert(Number(low) <= Number(open) && Number(close) <= Number(high) && Number(volume) > 0);

  devnet.step(360);
  const [whole] = await klines(devnet, { symbol: "BTCUSDT", interval: "1h", startTime: openMs });
  assertEquals(whole[1], open);
  assert(Number(whole[2]) >= Number(high) && Number(whole[3]) <= Number(low));
  assert(Number(whole[5]) > 1.9 * Number(volume));
});

Deno.test("nothing that is still to come can be asked for", async () => {
  await using devnet = await startDevnet({ manual: true });
  const startTime = devnet.nowMs() + 1;
  const rows = await klines(devnet, { symbol: "BTCUSDT", interval: "1h", startTime });
  assertEquals(rows, []);
  const later = devnet.nowMs() + 9 * HOUR_MS;
  const newest = await klines(devnet, { symbol: "ETHUSDT", interval: "1h", endTime: later });
  assertEquals(newest.length, 500);
  assertEquals(newest.at(-1)[0], devnet.nowMs());
});

Deno.test("pages follow each other, and the market's own gaps stay gaps", async () => {
  await using devnet = await startDevnet({ manual: true });
  const symbol = { symbol: "BTCUSDT", interval: "1h" };
  const startTime = Date.UTC(2023, 2, 16);
  const endTime = Date.UTC(2023, 2, 30) - 1;
  const all = await klines(devnet, { ...symbol, startTime, endTime, limit: 1000 });
  const first = await klines(devnet, { ...symbol, startTime, endTime, limit: 100 });
  const next = first.at(-1)[0] + 1;
  const second = await klines(devnet, { ...symbol, startTime: next, endTime, limit: 1000 });
  assertEquals([...first, ...second], all);
  assertEquals(all.length, 14 * 24 - 1);
  const missing = Date.UTC(2023, 2, 24, 13);
  assertEquals(all.some(([openMs]: [number]) => openMs === missing), false);
  assertEquals((await klines(devnet, { ...symbol, limit: 5000, startTime })).length, 1000);
});

Deno.test("longer candles add hours up", async () => {
  await using devnet = await startDevnet({ manual: true });
  const startTime = Date.UTC(2024, 9, 30);
  const day = { symbol: "ETHUSDT", startTime, endTime: startTime + 24 * HOUR_MS - 1 };
  const hours = await klines(devnet, { ...day, interval: "1h" });
  const [whole, ...more] = await klines(devnet, { ...day, interval: "1d" });
  assertEquals([hours.length, more.length], [24, 0]);
  const column = (k: number) => hours.map((row: string[]) => Number(row[k]));
  assertEquals(whole.slice(0, 5).map(Number), [
    startTime,
    column(1)[0],
    Math.max(...column(2)),
    Math.min(...column(3)),
    column(4).at(-1),
  ]);
  assertEquals((await klines(devnet, { ...day, interval: "4h" })).length, 6);
});

Deno.test("sixty minutes add up to their hour, and the last one is open", async () => {
  await using devnet = await startDevnet({ manual: true });
  devnet.step(361); // half past midnight, and five seconds
  const asked = { symbol: "BTCUSDT", interval: "1m" };
  const startTime = Date.UTC(2024, 9, 31, 21);
  const span = { startTime, endTime: startTime + 2 * HOUR_MS - 1, limit: 1000 };
  const minutes = await klines(devnet, { ...asked, ...span });
  const hours = await klines(devnet, { ...asked, ...span, interval: "1h" });
  assertEquals(minutes.length, 120);
  for (const [i, hour] of hours.entries()) {
    const own = minutes.slice(60 * i, 60 * i + 60);
    const column = (k: number) => own.map((row: string[]) => Number(row[k]));
    const volume = column(5).reduce((sum: number, each: number) => sum + each);
    assert(Math.abs(volume / Number(hour[5]) - 1) < 1e-6);
    assertEquals(hour.slice(0, 5).map(Number), [
      column(0)[0],
      column(1)[0],
      Math.max(...column(2)),
      Math.min(...column(3)),
      column(4).at(-1),
    ]);
    own.slice(1).forEach((row: string[], k: number) => assertEquals(row[1], own[k][4]));
  }
  const newest = await klines(devnet, { ...asked, limit: 2 });
  assertEquals(newest.map(([openMs]: [number]) => openMs - devnet.nowMs()), [-65_000, -5_000]);
  assertEquals(newest[1][1], newest[0][4]);
  assertEquals(newest[1][6], newest[1][0] + 59_999);
});

Deno.test("the venue refuses in Binance's words", async () => {
  await using devnet = await startDevnet({ manual: true });
  const code = async (query: Record<string, string>) => (await klines(devnet, query)).code;
  const asked = { symbol: "BTCUSDT", interval: "1h" };
  assertEquals(await code({ ...asked, symbol: "XRPUSDT" }), -1121);
  assertEquals(await code({ ...asked, interval: "7m" }), -1120);
  assertEquals(await code({ ...asked, startTime: "yesterday" }), -1100);
  assertEquals(await code({ symbol: "BTCUSDT" }), -1102);
  const { marketUrl } = devnet;
  const refused = await fetch(`${marketUrl}/api/v3/klines?symbol=X&interval=1h`);
  assertEquals([refused.status, await refused.json()], [
    400,
    { code: -1121, msg: "Invalid symbol." },
  ]);
  assertEquals(await getJson(`${marketUrl}/api/v3/ping`), {});
  assertEquals(await getJson(`${marketUrl}/api/v3/time`), { serverTime: devnet.nowMs() });
  const missing = await fetch(`${marketUrl}/api/v3/depth`);
  assertEquals(missing.status, 404);
  await missing.body?.cancel();
});

Deno.test("price() is the close of the last candle that had ended", async () => {
  await using devnet = await startDevnet({ manual: true });
  const atMs = devnet.nowMs();
  assertEquals(devnet.price("BTC/USD", atMs), 70292.01);
  assertEquals(devnet.price("BTC/USD", atMs + HOUR_MS - 1), 70292.01);
  assertEquals(devnet.price("BTC/USD", atMs - 1), 70480);
  assertEquals(devnet.price("SOL/USD", atMs), undefined);
  assertEquals(devnet.price("BTC/USD", Date.UTC(2016, 0)), undefined);
});

Deno.test("truthOf() goes from the nonce's minute to a horizon later", () => {
  const baseMs = Date.UTC(2024, 10, 1, 0, 0, 59);
  const pair = "BTC/USD";
  const horizonMs = HOUR_MS;
  const at = (kind: "log-return" | "price" | "volatility" | "labels", hours = 1) =>
    truthOf({ kind, pair, horizonMs: hours * horizonMs }, baseMs)?.value;
  const { close, low, high, openMs } = packagedCandles(pair);
  const row = openMs.indexOf(Date.UTC(2024, 9, 31, 23));
  const logReturn = Math.log(close[row + 1]! / close[row]!);
  assertEquals(at("log-return"), logReturn);
  assertEquals(at("price"), close[row + 1]);
  assertEquals(at("volatility"), Math.sqrt(logReturn ** 2));
  assert([-1, 0, 1].includes(at("labels", 24)!));
  const price = (minutes: number) =>
    truthOf({ kind: "price", pair, horizonMs: minutes * 60_000 }, baseMs)?.value;
  const turns = [price(20)!, price(40)!].toSorted((a, b) => a - b);
  assertEquals(turns, [low[row + 1], high[row + 1]], "the hour turns at a third and at two");
  const gap = Date.UTC(2018, 1, 8, 6);
  assertEquals(truthOf({ kind: "price", pair, horizonMs }, gap), undefined);
  const across = { kind: "volatility", pair, horizonMs: 72 * HOUR_MS } as const;
  assertEquals(truthOf(across, Date.UTC(2018, 1, 7)), undefined);
  assertEquals(truthOf({ kind: "price", pair, horizonMs }, Date.UTC(2025, 0)), undefined);
});
