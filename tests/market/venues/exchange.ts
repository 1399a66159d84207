import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { PipelineError } from "../../../src/errors.ts";
import { realHost } from "../../../src/host/host.ts";
import type { Candle } from "../../../src/market/candle.ts";
import type { Venue } from "../../../src/market/venue.ts";
import type { Dialect } from "../../../src/market/venues/dialect.ts";
import { httpVenue } from "../../../src/market/venues/http_venue.ts";
import { candleAt, candlesUntil, HOUR_MS, refusalOf, START_MS } from "../fixture.ts";

export type Handler = (url: URL, request: Request) => Response | Promise<Response>;

/** What a test sees of a venue's side. */
export interface Seen {
  readonly urls: URL[];
  readonly requests: { readonly method: string; readonly url: string; readonly headers: Headers }[];
  readonly sleeps: number[];
}

export const KEY = "UP-0123456789abcdef";
/** The first three hours, as of when they are final. */
export const QUERY = {
  pair: "BTC/USD",
  intervalMs: HOUR_MS,
  fromMs: START_MS,
  toMs: START_MS + 3 * HOUR_MS,
  nowMs: START_MS + 3 * HOUR_MS + 60_000,
};
export const json = (value: unknown, init?: ResponseInit) => Response.json(value, init);

/** Serves `handler` on a real socket; the host's sleep only moves its clock. */
export async function withVenue(
  dialect: Dialect,
  handler: Handler,
  test: (venue: Venue, seen: Seen) => Promise<void>,
  { path = "", timeoutMs = 5000 } = {},
): Promise<void> {
  const seen: Seen = { urls: [], requests: [], sleeps: [] };
  const serve = (request: Request) => {
    const url = new URL(request.url);
    seen.urls.push(url);
    const { method, headers } = request;
    seen.requests.push({ method, url: request.url, headers: new Headers(headers) });
    return handler(url, request);
  };
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, serve);
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
  const baseUrl = `http://127.0.0.1:${server.addr.port}${path}/`;
  const key = () => Promise.resolve(KEY);
  await test(httpVenue(dialect, { host, baseUrl, timeoutMs, key }), seen);
}

/** A venue as its documents describe it. */
export interface Exchange {
  readonly dialect: Dialect;
  /** What it answers about BTC/USD by the hour, whatever else the request says; throws for one it would refuse. */
  answer(url: URL, market: readonly Candle[]): unknown;
  /** The number of requests for 2500 candles; undefined for a venue that has only the newest. */
  readonly pages?: number;
  /** An error that comes with status 200, and what of it is told. */
  readonly failure: readonly [answer: unknown, told: string];
  /** What it says of a pair that it does not have, and what of it is told. */
  readonly unknownPair: readonly [answer: () => Response, told: string, kind: string];
  /** The answer for a candle whose time is in the wrong unit. */
  readonly wrongTime: unknown;
  /** The answer for a candle whose close is no number. */
  readonly wrongClose: unknown;
  /** An answer without candles. */
  readonly empty: unknown;
}

/** Answers the data requests of an exchange with `market`; what opens a conversation is always granted. */
export function serving({ answer }: Exchange, market: readonly Candle[]): Handler {
  return opened((url) => json(answer(url, market)));
}

function opened(handler: Handler): Handler {
  return (url, request) =>
    request.method === "POST" ? json({}, { status: 409 }) : handler(url, request);
}

/** Registers what every venue has to stand. */
export function testExchange(exchange: Exchange): void {
  const { dialect, answer, pages } = exchange;
  const { name } = dialect;
  const using = (handler: Handler, test: (venue: Venue, seen: Seen) => Promise<void>) =>
    withVenue(dialect, opened(handler), test);
  /** What is said of an answer that cannot be used. */
  async function told(handler: Handler): Promise<PipelineError> {
    const said: PipelineError[] = [];
    await using(handler, async (venue) => {
      said.push(await refusalOf(() => venue.candles(QUERY)));
    });
    assert(said[0] && !said[0].message.includes("\n"));
    return said[0];
  }

  Deno.test(`${name}: candles come oldest first, with numbers for prices, and only those asked for`, () =>
    using(serving(exchange, candlesUntil(9)), async (venue) => {
      assertEquals(venue.name, name);
      const inner = { ...QUERY, fromMs: START_MS + HOUR_MS, nowMs: START_MS + 9 * HOUR_MS };
      assertEquals(await venue.candles(QUERY), candlesUntil(3));
      assertEquals(await venue.candles(inner), candlesUntil(3).slice(1));
    }));

  if (pages !== undefined) {
    Deno.test(`${name}: 2500 candles with gaps come in ${pages} pages`, () =>
      using(
        serving(exchange, candlesUntil(2500, [298, 299, 300, 999, 1000])),
        async (venue, { urls }) => {
          const toMs = START_MS + 2500 * HOUR_MS;
          const candles = await venue.candles({ ...QUERY, toMs, nowMs: toMs + HOUR_MS });
          assertEquals(candles, candlesUntil(2500, [298, 299, 300, 999, 1000]));
          assertEquals(urls.filter(({ pathname }) => !pathname.includes("tags")).length, pages);
        },
      ));
  }

  Deno.test(`${name}: a candle counts when it ended a minute ago`, () =>
    using(serving(exchange, candlesUntil(9)), async (venue) => {
      const at = async (nowMs: number) =>
        (await venue.candles({ ...QUERY, toMs: START_MS + 9 * HOUR_MS, nowMs })).length;
      assertEquals(await at(START_MS + 5 * HOUR_MS + 60_000), 5);
      assertEquals(await at(START_MS + 5 * HOUR_MS + 59_999), 4);
    }));

  Deno.test(`${name}: a repeated row counts once, and a candle without trades counts`, () => {
    const market = candlesUntil(3).map((candle, i) => i === 1 ? { ...candle, volume: 0 } : candle);
    const repeated = market.flatMap((candle) => [candle, candle]);
    return using(serving(exchange, repeated), async (venue) => {
      assertEquals(await venue.candles(QUERY), market);
    });
  });

  Deno.test(`${name}: a head block up to a minute ahead of its clock takes no running candle`, () => {
    const running = { ...candleAt(2), close: 101.5, volume: 0.5 };
    return using(serving(exchange, [...candlesUntil(2), running]), async (venue) => {
      // Its clock is at the last moment of the third hour.
      const nowMs = running.openMs + HOUR_MS - 1 + 60_000;
      assertEquals(await venue.candles({ ...QUERY, nowMs }), candlesUntil(2));
    });
  });

  Deno.test(`${name}: 429 is waited for as long as it asks`, async () => {
    let refusals = 0;
    const busy: Handler = (url, request) =>
      refusals++ < 2
        ? json({}, { status: 429, headers: { "retry-after": "7" } })
        : serving(exchange, candlesUntil(9))(url, request);
    await using(busy, async (venue, { sleeps }) => {
      assertEquals((await venue.candles(QUERY)).length, 3);
      assertEquals(sleeps, [7000, 7000]);
    });
  });

  Deno.test(`${name}: every useless answer is one line and unavailable`, async () => {
    const [failure, said] = exchange.failure;
    const cases: readonly (readonly [Handler, string])[] = [
      [() => json(failure), said],
      [() => new Response("<!DOCTYPE html>\n<p>Back soon"), "the answer is not JSON"],
      [
        (url) => new Response(JSON.stringify(answer(url, candlesUntil(9))).slice(0, 60)),
        "not JSON",
      ],
      [() => new Response(""), "the answer is not JSON"],
      [() => json(null), "the answer is null"],
      [() => json({ candles: 3 }), `the answer is {"candles":3}`],
      [() => json(exchange.wrongTime), "has no opening time"],
      [() => json(exchange.wrongClose), "close is NaN"],
      [(url) => json(answer(url, [...candlesUntil(9)].reverse())), "is out of order"],
      [() => new Response("busy\nnow", { status: 503 }), "status is 503: busy now"],
    ];
    for (const [handler, text] of cases) {
      const { kind, message } = await told(handler);
      assertStringIncludes(message, text);
      assertEquals(kind, "unavailable", text);
    }
  });

  Deno.test(`${name}: no candles are no error, and an unknown pair is told`, async () => {
    await using(() => json(exchange.empty), async (venue) => {
      assertEquals(await venue.candles(QUERY), []);
    });
    const [unknown, says, kind] = exchange.unknownPair;
    const refusal = await told(unknown);
    assertStringIncludes(refusal.message, says);
    assertEquals(refusal.kind, kind);
    const odd = await refusalOf(() =>
      httpVenueOf(dialect).candles({ ...QUERY, intervalMs: 420_000 })
    );
    assertEquals(odd.kind, "config");
    assertStringIncludes(odd.hint ?? "", "intervals of 1, ");
    const bare = await refusalOf(() => httpVenueOf(dialect).candles({ ...QUERY, pair: "btc" }));
    assertEquals(bare.kind, "config");
  });
}

function httpVenueOf(dialect: Dialect): Venue {
  return httpVenue(dialect, { host: realHost });
}

/** Registers what every venue with a key has to stand. */
export function testKey(exchange: Exchange, header: string, value: string): void {
  const { dialect } = exchange;
  const { name } = dialect;

  Deno.test(`${name}: the key stands in a header and nowhere else`, async () => {
    await withVenue(dialect, serving(exchange, candlesUntil(9)), async (venue, { requests }) => {
      await venue.candles(QUERY);
      for (const { headers, url } of requests) {
        assertEquals(headers.get(header), value);
        assert(!url.includes(KEY));
      }
    });
    const echo = () => json({ detail: `Invalid token ${KEY}.` }, { status: 401 });
    await withVenue(dialect, echo, async (venue) => {
      const { kind, message, cause } = await refusalOf(() => venue.candles(QUERY));
      assertStringIncludes(message, "status is 401");
      assertEquals([kind, message.includes(KEY), cause], ["denied", false, undefined]);
    });
  });

  Deno.test(`${name}: the key follows no redirect`, async () => {
    let followed = 0;
    await using elsewhere = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => (followed++, json([])),
    );
    const location = `http://127.0.0.1:${elsewhere.addr.port}/`;
    const moved = () => new Response("", { status: 302, headers: { location } });
    await withVenue(dialect, moved, async (venue) => {
      const { message, hint } = await refusalOf(() => venue.candles(QUERY));
      assertStringIncludes(message, "status is 302");
      assertStringIncludes(hint ?? "", "follows no redirect");
    });
    assertEquals(followed, 0);
  });

  Deno.test(`${name}: the key goes to the venue's host or to loopback, and is not read for another`, async () => {
    const sent: string[] = [];
    let reads = 0;
    const ask = (baseUrl?: string) =>
      httpVenue(dialect, {
        host: {
          ...realHost,
          fetch: (url) => (sent.push(new URL(url).origin), Promise.resolve(json(exchange.empty))),
        },
        ...(baseUrl && { baseUrl }),
        key: () => (reads++, Promise.resolve(KEY)),
      }).candles(QUERY);
    const { origin, host } = new URL(dialect.baseUrl);
    const others = [
      ...["https://example.com", `http://${host}`, `${origin}.example.com`, `https://${host}:8443`],
      ...["https://127.0.0.1.example.com", "https://localhost.example.com"],
    ];
    for (const baseUrl of others) {
      const refusal = await refusalOf(() => ask(baseUrl));
      assertEquals([refusal.kind, reads], ["config", 0], baseUrl);
      assertStringIncludes(refusal.message, baseUrl);
    }
    assertEquals(sent, []);
    for (
      const baseUrl of [undefined, "http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9"]
    ) {
      await ask(baseUrl);
    }
    assertEquals([...new Set(sent)], [
      origin,
      "http://127.0.0.1:9",
      "http://localhost:9",
      "http://[::1]:9",
    ]);
  });
}
