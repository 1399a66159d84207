import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { realHost } from "../../../src/host/host.ts";
import { binance } from "../../../src/market/venues/binance.ts";
import { candleAt, candlesUntil, HOUR_MS, refusalOf, START_MS } from "../fixture.ts";

const QUERY = {
  pair: "BTC/USD",
  intervalMs: HOUR_MS,
  fromMs: START_MS,
  toMs: START_MS + 3 * HOUR_MS,
  nowMs: START_MS + 3 * HOUR_MS,
};

/** A row as Binance writes it. */
function rowOf(i: number): unknown[] {
  const { openMs, open, high, low, close, volume } = candleAt(i);
  const texts = [open, high, low, close, volume].map((value) => value.toFixed(8));
  return [openMs, ...texts, openMs + HOUR_MS - 1, "5000.0", 42, "0.5", "2500.0", "0"];
}

type Handler = (url: URL) => Response | Promise<Response>;

/** Serves `handler` on a real socket; the host's sleep only moves its clock. */
async function withVenue(
  handler: Handler,
  test: (
    venue: ReturnType<typeof binance>,
    seen: { readonly urls: URL[]; readonly sleeps: number[] },
  ) => Promise<void>,
): Promise<void> {
  const seen = { urls: [] as URL[], sleeps: [] as number[] };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const url = new URL(request.url);
    seen.urls.push(url);
    return handler(url);
  });
  let nowMs = START_MS;
  const host = {
    fetch: realHost.fetch,
    nowMs: () => nowMs,
    sleep(ms: number, signal?: AbortSignal) {
      signal?.throwIfAborted();
      seen.sleeps.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
  };
  const baseUrl = `http://127.0.0.1:${server.addr.port}/`;
  await test(binance({ host, baseUrl, timeoutMs: 300 }), seen);
}

const json = (value: unknown, init?: ResponseInit) => Response.json(value, init);

/** A market with `count` candles, but for those in `except`, that answers as Binance pages. */
function market(count: number, except: readonly number[] = []): Handler {
  return ({ searchParams }) => {
    const [from, to] = ["startTime", "endTime"].map((name) => Number(searchParams.get(name)));
    const rows = Array.from({ length: count }, (_, i) => i)
      .filter((i) => !except.includes(i))
      .filter((i) => candleAt(i).openMs >= (from ?? 0) && candleAt(i).openMs <= (to ?? 0))
      .slice(0, Number(searchParams.get("limit")));
    return json(rows.map(rowOf));
  };
}

Deno.test("binance() asks for the pair's USDT market and turns its texts into numbers", () =>
  withVenue(market(3), async (venue, { urls }) => {
    assertEquals(await venue.candles(QUERY), candlesUntil(3));
    assertEquals(urls.map(({ pathname, search }) => pathname + search), [
      `/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=${START_MS}` +
      `&endTime=${QUERY.toMs - 1}&limit=1000`,
    ]);
  }));

Deno.test("binance() pages by 1000 rows, over real gaps", () =>
  withVenue(market(2500, [998, 999, 1000, 1001]), async (venue, { urls }) => {
    const nowMs = START_MS + 9999 * HOUR_MS;
    const candles = await venue.candles({ ...QUERY, toMs: nowMs, nowMs });
    assertEquals(candles, candlesUntil(2500, [998, 999, 1000, 1001]));
    assertEquals(urls.length, 3);
  }));

Deno.test("binance() leaves the candle out that has not ended at the head block's time", () =>
  withVenue(market(9), async (venue) => {
    const at = async (nowMs: number) =>
      (await venue.candles({ ...QUERY, toMs: START_MS + 9 * HOUR_MS, nowMs })).length;
    assertEquals(await at(START_MS + 5 * HOUR_MS), 5);
    assertEquals(await at(START_MS + 5 * HOUR_MS - 1), 4);
  }));

Deno.test("binance() waits as long as a 429 asks, and no longer than the deadline", async () => {
  const patience = (after: string, answers: number): Handler => {
    let refusals = 0;
    return (url) =>
      refusals++ < answers
        ? json({ code: -1003, msg: "Too many requests" }, {
          status: 429,
          headers: { "retry-after": after },
        })
        : market(3)(url);
  };
  await withVenue(patience("7", 2), async (venue, { sleeps }) => {
    assertEquals((await venue.candles({ ...QUERY, deadlineMs: START_MS + 15_000 })).length, 3);
    assertEquals(sleeps, [7000, 7000]);
  });
  await withVenue(
    patience(new Date(START_MS + 9000).toUTCString(), 1),
    async (venue, { sleeps }) => {
      await venue.candles(QUERY);
      assertEquals(sleeps, [9000]);
    },
  );
  await withVenue(patience("soon", 1), async (venue, { sleeps }) => {
    await venue.candles(QUERY);
    assertEquals(sleeps, [2000]);
  });
  await withVenue(patience("7", 9), async (venue, { sleeps, urls }) => {
    const query = { ...QUERY, deadlineMs: START_MS + 15_000 };
    const refusal = await refusalOf(() => venue.candles(query));
    assertStringIncludes(refusal.message, "status is 429, retry after 7");
    assertEquals([sleeps.length, urls.length], [2, 3]);
  });
  await withVenue(patience("1", 99), async (venue, { urls }) => {
    await refusalOf(() => venue.candles(QUERY));
    assertEquals(urls.length, 6);
  });
});

Deno.test("every useless answer is one line, unavailable, with the URL and what was found", async () => {
  const [row0, row1] = [rowOf(0), rowOf(1)];
  const withColumn = (at: number, value: unknown) => [row0.with(at, value)];
  const cases: readonly (readonly [Handler, string])[] = [
    [() =>
      json({ code: 0, msg: "Service unavailable from a restricted location" }, {
        status: 451,
      }), "status is 451"],
    [() => new Response("<html>\nForbidden", { status: 403 }), "status is 403: <html> Forbidden"],
    [
      () => json({}, { status: 418, headers: { "retry-after": "86400" } }),
      "status is 418, retry after 86400",
    ],
    [() => new Response("", { status: 502 }), "status is 502"],
    [() => json({ code: -1003, msg: "Too much\nweight" }), "the answer is Too much weight"],
    [() => json(null), "the answer is null"],
    [() => json("later"), `the answer is "later"`],
    [() => new Response("<!DOCTYPE html>\n<p>Back soon"), "the answer is not JSON"],
    [() => new Response(JSON.stringify([row0, row1]).slice(0, 90)), "the answer is not JSON"],
    [() => new Response(""), "the answer is not JSON"],
    [() => json([row1, row0]), "is out of order or was not asked for"],
    [() => json([row0, row0]), "is out of order or was not asked for"],
    [() => json([rowOf(4)]), "is out of order or was not asked for"],
    [() => json([[]]), "has no opening time"],
    [() => json([{ open: 1 }]), "has no opening time"],
    [() => json(withColumn(0, String(START_MS))), "has no opening time"],
    [() => json(withColumn(0, START_MS / 1000)), "opens off the grid"],
    [() => json(withColumn(4, 100)), "2024-01-01T00:00:00.000Z close is NaN"],
    [() => json(withColumn(4, "NaN")), "close is NaN"],
    [() => json(withColumn(4, "0.00000000")), "close is 0"],
    [() => json(withColumn(5, null)), "volume is NaN"],
    [() => json(withColumn(2, "99.0")), "high is 99, below open 100"],
    [() => new Response(" ".repeat(9_000_000)), "longer than 8388608 bytes"],
    [() => new Promise((done) => setTimeout(done, 400, new Response())), "no answer in 300 ms"],
  ];
  for (const [handler, text] of cases) {
    await withVenue(handler, async (venue) => {
      const { kind, message, hint } = await refusalOf(() => venue.candles(QUERY));
      assertStringIncludes(message, text);
      assertStringIncludes(message, "http://127.0.0.1");
      assertEquals([kind, message.includes("\n")], ["unavailable", false], text);
      assert(kind && (hint || message.includes("Cannot use a candle")), text);
    });
  }
});

Deno.test("a pair or an interval that Binance does not have is a setting to change", async () => {
  const unknown = () => json({ code: -1121, msg: "Invalid symbol." }, { status: 400 });
  await withVenue(unknown, async (venue) => {
    const refusal = await refusalOf(() => venue.candles({ ...QUERY, pair: "BTC/UDS" }));
    assertEquals(refusal.kind, "config");
    assertStringIncludes(refusal.message, "Invalid symbol");
    assertEquals((await refusalOf(() => venue.candles({ ...QUERY, pair: "btc" }))).kind, "config");
    const odd = await refusalOf(() => venue.candles({ ...QUERY, intervalMs: 7 * 60_000 }));
    assertEquals(odd.kind, "config");
    assertStringIncludes(odd.hint ?? "", "1m, 3m");
  });
});

Deno.test("a refused or cut connection and an abort are unavailable", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const baseUrl = `http://127.0.0.1:${silent.addr.port}`;
  const cut = silent.accept().then((connection) => connection.close());
  const venue = binance({ host: realHost, baseUrl, timeoutMs: 500 });
  assertEquals((await refusalOf(() => venue.candles(QUERY))).kind, "unavailable");
  await cut;
  silent.close();
  assertEquals((await refusalOf(() => venue.candles(QUERY))).kind, "unavailable");
  const signal = AbortSignal.abort(new Error("the visit's time is up"));
  const aborted = await refusalOf(() => venue.candles({ ...QUERY, signal }));
  assertStringIncludes(aborted.message, "the visit's time is up");
});
