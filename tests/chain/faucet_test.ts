import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { askFaucet, type FaucetOptions } from "../../src/chain/faucet.ts";
import { PipelineError } from "../../src/errors.ts";
import { realHost } from "../../src/host/host.ts";

const ADDRESS = "allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh6";
const START_MS = Date.UTC(2026, 0, 1);

/** A faucet on a real socket that gives these answers in turn, the last one for ever. */
async function ask(
  answers: readonly (() => Response | Promise<Response>)[],
  options: Partial<FaucetOptions> = {},
) {
  const requests: { method: string; path: string; key: string | null; body: string }[] = [];
  const waits: number[] = [];
  let nowMs = START_MS;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (r) => {
    const body = await r.text();
    const path = new URL(r.url).pathname;
    requests.push({ method: r.method, path, key: r.headers.get("x-api-key"), body });
    return await (answers[requests.length - 1] ?? answers.at(-1)!)();
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  let error: unknown;
  try {
    await askFaucet({
      ...{ url, chainId: "allora-testnet-1", address: ADDRESS, timeoutMs: 2000 },
      deadlineMs: START_MS + 240_000,
      signal: new AbortController().signal,
      onWait: (waitMs) => void waits.push(waitMs),
      host: {
        ...realHost,
        nowMs: () => nowMs,
        random: () => 0.5,
        sleep: (ms) => Promise.resolve(void (nowMs += ms)),
      },
      ...options,
    });
  } catch (thrown) {
    error = thrown;
  }
  return { requests, waits, error };
}

const ok = () => Response.json({ message: "ok" });
const busy = (retryAfter?: string) => () =>
  new Response("slow down", {
    status: 429,
    headers: retryAfter === undefined ? {} : { "retry-after": retryAfter },
  });

Deno.test("askFaucet() makes the call of the vendor's SDK", async () => {
  const { requests, waits, error } = await ask([ok]);
  assertEquals(error, undefined);
  assertEquals(waits, []);
  assertEquals(requests, [{
    method: "POST",
    path: "/api/request",
    key: "None",
    body: `chain=allora-testnet-1&address=${ADDRESS}`,
  }]);
});

Deno.test("askFaucet() gives a busy faucet the peace it asks for, in seconds or until a date", async () => {
  const until = new Date(START_MS + 20_000 + 7000).toUTCString();
  const { waits, error } = await ask([busy("20"), busy(until), ok]);
  assertEquals([error, waits], [undefined, [20_000, 7000]]);
});

Deno.test("askFaucet() waits 15 s and twice as much each time when a busy faucet does not say", async () => {
  const { waits, requests, error } = await ask([busy()], { deadlineMs: START_MS + 3_600_000 });
  assertEquals(waits, [15_000, 30_000, 60_000, 120_000]);
  assertEquals(requests.length, 5);
  assert(error instanceof PipelineError);
  assertEquals(error.kind, "retry");
});

Deno.test("askFaucet() does not wait for what lies beyond the deadline", async () => {
  const { waits, requests, error } = await ask([busy("3600")]);
  assertEquals([waits, requests.length], [[], 1]);
  assert(error instanceof PipelineError);
  assertEquals(error.kind, "retry");
  assertStringIncludes(error.hint ?? "", "3600 s");
});

Deno.test("askFaucet() says any other refusal on one line, with a kind to act on", async () => {
  const table = [[400, "config"], [404, "config"], [403, "denied"], [502, "unavailable"]] as const;
  for (const [status, kind] of table) {
    const { error, requests } = await ask([() => new Response("no\n\x1b[31mcoins", { status })]);
    assert(error instanceof PipelineError);
    assertEquals([error.kind, requests.length], [kind, 1]);
    assertStringIncludes(error.message, `answers ${status}: no [31mcoins`);
  }
});

Deno.test("askFaucet() ends with the time for one answer, and when it is told to stop", async () => {
  const slow = () => new Promise<Response>((resolve) => setTimeout(() => resolve(ok()), 200));
  const late = await ask([slow], { timeoutMs: 50 });
  assertStringIncludes(String(late.error), "no answer within 50 ms");
  const signal = AbortSignal.abort(new Error("stopped by SIGINT"));
  assertEquals(String((await ask([ok], { signal })).error), "Error: stopped by SIGINT");
});

Deno.test("askFaucet() names a faucet that is not there", async () => {
  const rejected = await assertRejects(
    () =>
      askFaucet({
        ...{ url: "http://127.0.0.1:1", chainId: "allora-testnet-1", address: ADDRESS },
        ...{ timeoutMs: 1000, deadlineMs: Date.now() + 1000, host: realHost, onWait: () => {} },
        signal: new AbortController().signal,
      }),
    PipelineError,
    "http://127.0.0.1:1",
  );
  assertEquals(rejected.kind, "unavailable");
});
