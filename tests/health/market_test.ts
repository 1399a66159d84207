import { assertEquals } from "@std/assert";
import { statePaths } from "../../src/host/paths.ts";
import { damageModel, practise } from "../cycle/practice.ts";
import { assertSays, lookAt, practiseQuickly } from "./bench.ts";
import { serveCoinbase } from "./coinbase.ts";
import { letErrorsRise } from "./risen_errors.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BINANCE = "market binance BTC/USD 60min";
const COINBASE = "market coinbase BTC/USD 60min";

Deno.test("candles: fresh, stale or refused at each venue, and whether two venues agree", async () => {
  await using worker = await practiseQuickly();
  const [topic] = worker.settings.topics;
  const { devnet } = worker;
  const look = (changes: Partial<NonNullable<typeof topic>>) =>
    lookAt(worker, "market", { settings: { topics: [{ ...topic!, ...changes }] } });
  assertSays(await look({}), BINANCE, "OK", /^the newest candle ended \d+ min ago$/);
  const down = { binanceUrl: "http://127.0.0.1:1" };
  assertSays(
    await look(down),
    BINANCE,
    "CRITICAL",
    /^Cannot read candles: http:\/\/127\.0\.0\.1:1/,
  );

  const venues = [{ kind: "binance" }, { kind: "coinbase" }] as const;
  await using same = serveCoinbase(devnet, 1);
  const agreed = await look({ venues, coinbaseUrl: same.url });
  assertEquals(assertSays(agreed, "agreement BTC/USD 60min", "OK", /close 0 % apart$/).crit, "1");
  const one = await look({ ...down, venues, coinbaseUrl: same.url });
  assertSays(one, BINANCE, "WARNING", /Cannot read/);
  assertSays(one, COINBASE, "OK", /ended/);
  assertSays(one, "agreement BTC/USD 60min", "WARNING", /^nobody confirms the closes of /);

  await using apart = serveCoinbase(devnet, 1.02);
  const found = await look({ venues, coinbaseUrl: apart.url });
  assertSays(
    found,
    "agreement BTC/USD 60min",
    "CRITICAL",
    /^binance and coinbase close 1\.98 % apart$/,
  );

  await using stale = serveCoinbase(devnet, 1, 2);
  const late = await look({ venues, coinbaseUrl: stale.url });
  assertSays(late, COINBASE, "WARNING", /^the newest candle ended 2(\.\d)? h ago$/);
  const alone = await look({ venues: [{ kind: "coinbase" }], coinbaseUrl: stale.url });
  assertSays(alone, COINBASE, "CRITICAL", /^the newest candle ended/);
  await using empty = serveCoinbase(devnet, 1, 9);
  const none = await look({ venues: [{ kind: "coinbase" }], coinbaseUrl: empty.url });
  assertSays(none, COINBASE, "CRITICAL", /^no candle of the last 4 h$/);
});

Deno.test("one request that fails condemns no venue, which is asked once more", async () => {
  await using worker = await practiseQuickly();
  const [topic] = worker.settings.topics;
  await using coinbase = serveCoinbase(worker.devnet, 1);
  let asked = 0;
  await using flaky = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { search } = new URL(request.url);
    return asked++ === 0 ? new Response("", { status: 502 }) : fetch(`${coinbase.url}/${search}`);
  });
  const coinbaseUrl = `http://127.0.0.1:${flaky.addr.port}`;
  const topics = [{ ...topic!, venues: [{ kind: "coinbase" as const }], coinbaseUrl }];
  assertSays(await lookAt(worker, "market", { settings: { topics } }), COINBASE, "OK", /ended/);
});

Deno.test("topics of one pair ask its venues once, and of what is found twice the worse is told", async () => {
  await using worker = await practiseQuickly();
  const [topic] = worker.settings.topics;
  const topics = [topic!, { ...topic!, topicId: 3n }];
  assertEquals((await lookAt(worker, "market", { settings: { topics } })).length, 1);
  const other = { ...topic!, topicId: 3n, binanceUrl: "http://127.0.0.1:1" };
  for (const both of [[topic!, other], [other, topic!]]) {
    const found = await lookAt(worker, "market", { settings: { topics: both } });
    assertEquals(found.length, 1);
    assertSays(found, BINANCE, "CRITICAL", /Cannot read/);
  }
});

Deno.test("the model: there, of age, drifted, damaged, or the person's own", async () => {
  await using worker = await practise();
  const { settings } = worker;
  const [topic] = settings.topics;
  const name = "model topic 1";
  const look = (changes: Partial<NonNullable<typeof topic>> = {}) =>
    lookAt(worker, "model", { settings: { topics: [{ ...topic!, ...changes }] } });
  const found = assertSays(await look(), name, "OK", /^ridge [0-9a-f]{12} was trained on candles/);
  assertEquals([found.warn, found.crit, found.unit], ["30", "90", "days"]);
  worker.devnet.step(2 * 720 * 24);
  assertSays(await look({ modelMaxAgeMs: DAY_MS }), name, "WARNING", /up to 2(\.\d)? days ago$/);
  const own = { kind: "http", url: "http://127.0.0.1:1" } as const;
  assertSays(await look({ model: own }), name, "OK", /^http:\/\/127\.0\.0\.1:1 is your own$/);
  assertSays(
    await look({ topicId: 2n }),
    "model topic 2",
    "WARNING",
    /^no model yet: the first visit/,
  );
  await damageModel(worker);
  const damaged = assertSays(await look(), name, "CRITICAL", /^Cannot use .*\.json: /);
  assertEquals(damaged.fix, "allora-pipeline train --topic 1");
  const promoted = `${statePaths(settings.stateDir).models(1n)}/promoted.json`;
  await Deno.remove(promoted);
  await Deno.mkdir(promoted);
  assertSays(await look(), name, "UNKNOWN", /^Cannot read .*promoted\.json: /);
});

Deno.test("errors that have risen since the model was trained are told with the day", async () => {
  await using worker = await practise();
  letErrorsRise(worker);
  const found = await lookAt(worker, "model");
  assertSays(found, "drift topic 1", "WARNING", /have risen, which showed at the epoch of 2024-1/);
});
