import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { refreshCandles } from "../../src/cycle/topic_candles.ts";
import { PipelineError } from "../../src/errors.ts";
import { HOURLY, practise } from "./practice.ts";

const KEY = "0123456789abcdef0123456789abcdef01234567";

Deno.test("a topic's venues are asked in turn with the keys of their files, and the last closes compared", async () => {
  const keys: (string | null)[] = [];
  /** What Kraken closes at, as a function of the opening time; it is down without one. */
  let close: ((openMs: number) => number) | undefined;
  await using mirror = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url, headers }) => {
      const { pathname, searchParams } = new URL(url);
      if (pathname.startsWith("/tiingo/")) {
        keys.push(headers.get("authorization"));
        return Response.json({ detail: `Token ${KEY} has run over its hourly allocation.` });
      }
      assertEquals(headers.get("authorization"), null);
      if (close === undefined) return new Response("", { status: 503 });
      const row = (seconds: number, price = close?.(seconds * 1000) ?? 0) => [
        ...[seconds, ...Array(4).fill(String(price)), "0", "1.0", 3],
      ];
      const first = Number(searchParams.get("since")) + 1;
      const rows = [0, 1, 2, 3].map((hours) => row(first + hours * 3600));
      return Response.json({ error: [], result: { XXBTZUSD: rows, last: first } });
    },
  );
  const base = `http://127.0.0.1:${mirror.addr.port}`;
  const keyFile = await Deno.makeTempFile();
  await Deno.writeTextFile(keyFile, `${KEY}\n`);
  await Deno.chmod(keyFile, 0o600);
  await using worker = await practise({
    env: `ALLORA_VENUES=tiingo,binance,kraken\nALLORA_TIINGO_KEY_FILE=${keyFile}\n` +
      `ALLORA_TIINGO_URL=${base}\nALLORA_KRAKEN_URL=${base}\n`,
  });
  const [topic] = worker.settings.topics;
  assert(topic);
  const { devnet, told } = worker;
  const refreshed = async () => {
    told.length = 0;
    await refreshCandles(worker.run(), topic, devnet.nowMs());
    return told.map(({ event, fields }) => fields["error"] ?? `${event} ${fields["venue"]}`);
  };

  const complaints = await refreshed();
  assertEquals(complaints.length, 3);
  assertStringIncludes(String(complaints[0]), "tiingo said: ");
  assertStringIncludes(String(complaints[0]), "Token [redacted] has run over");
  assertStringIncludes(String(complaints[1]), "status is 503; binance is not compared");
  assertEquals(complaints[2], "candles.refreshed binance");
  assert(keys.length > 0 && keys.every((key) => key === `Token ${KEY}`));
  assert(!complaints.join().includes(KEY));

  const price = (openMs: number) => devnet.price("BTC/USD", openMs + 3_600_000) ?? 0;
  close = (openMs) => price(openMs) * 1.005;
  assertEquals((await refreshed()).slice(1), ["candles.refreshed binance"]);
  close = (openMs) => price(openMs) * 1.03;
  const refusal = await assertRejects(refreshed, PipelineError, "2.96 % apart");
  assertEquals(refusal.kind, "unavailable");
  await Deno.remove(keyFile);
});

Deno.test("a key file that others may read stops its venue and no other", async () => {
  const keyFile = await Deno.makeTempFile();
  await Deno.chmod(keyFile, 0o644);
  await using worker = await practise({
    files: { "1": `${HOURLY}ALLORA_VENUES=atlas,binance\n` },
    env: `ALLORA_ATLAS_KEY_FILE=${keyFile}\n`,
  });
  const failures = worker.told.filter(({ event }) => event === "venue.failed")
    .map(({ fields }) => String(fields["error"]));
  assertStringIncludes(failures[0] ?? "", "its mode is 0644, wider than 0600");
  assertEquals(failures.slice(1), ["no second venue answers; binance is not compared"]);
  await Deno.remove(keyFile);
});
