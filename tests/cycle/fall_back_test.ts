import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Practice } from "./practice.ts";
import { damageModel, HOURLY, practise } from "./practice.ts";

const RETURN = HOURLY;
const PRICE = HOURLY.replace("log-return", "price");

Deno.test("a market that fails in an open window gives way to the model on older candles", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const { outcomes, exitCode } = await worker.visit(withoutMarket(worker));
  assertEquals([exitCode, outcomes[0]?.state], [0, "confirmed"]);
  const [row] = worker.ledger.history(1n, 1);
  assertEquals([row?.fallback, row?.model.split(" ")[0]], ["older-candles", "ridge"]);
  assert(Number(row?.value) !== 0);
  const told = worker.told.find(({ event }) => event === "prediction.fallback");
  assertStringIncludes(String(told?.fields["error"]), "Cannot refresh BTC/USD candles");
});

Deno.test("a model that is damaged gives way to the shrunk mean, for every kind of topic", async () => {
  for (const target of ["log-return", "price", "volatility"]) {
    await using worker = await practise({ files: { "1": HOURLY.replace("log-return", target) } });
    await damageModel(worker);
    worker.stepUntil("open");
    const { exitCode } = await worker.visit();
    const [row] = worker.ledger.history(1n, 1);
    assertEquals([exitCode, row?.fallback, row?.state], [0, "mean", "confirmed"], target);
    assert(Number(row?.value) !== 0 && row!.low! < row!.high!, target);
  }
});

Deno.test("without ALLORA_FALLBACK a failing model is a failure, and nothing is spent", async () => {
  await using worker = await practise({ env: "ALLORA_FALLBACK=no\n" });
  await damageModel(worker);
  worker.stepUntil("open");
  assertEquals((await worker.visit()).exitCode, 65);
  assertEquals(await worker.sequence(), 0n);
});

Deno.test("a price is not forecast from a close that is older than its horizon", async () => {
  await using worker = await practise({ files: { "1": PRICE } });
  worker.devnet.step(720 * 5);
  worker.stepUntil("closed");
  worker.stepUntil("open");
  const { outcomes, exitCode } = await worker.visit(withoutMarket(worker));
  assertEquals(exitCode, 69);
  assertStringIncludes(
    outcomes[0]!.error!.message,
    "no fallback: older-candles: the newest stored",
  );
  assertEquals(await worker.sequence(), 0n);
});

Deno.test("with two venues apart a price is not forecast, and a return from candles before that", async () => {
  const env = "ALLORA_VENUES=binance,kraken\n";
  await using worker = await practise({ files: { "1": PRICE, "2": RETURN }, env });
  let factor = 0.999;
  const run = withKraken(worker, () => factor);
  worker.stepUntil("open");
  assertEquals((await worker.visit(run)).exitCode, 0);
  worker.stepUntil("closed");
  worker.stepUntil("open");
  factor = 1.03;
  const { outcomes, exitCode } = await worker.visit(run);
  assertEquals(exitCode, 69);
  assertEquals(outcomes.map(({ state }) => state), ["failed", "confirmed"]);
  assertStringIncludes(outcomes[0]!.error!.message, "and kraken at");
  assertEquals(worker.ledger.history(2n, 1)[0]?.fallback, "older-candles");
});

Deno.test("nothing stands in for a prediction that the validator refused", async () => {
  await using worker = await practise({ env: "ALLORA_WARN_ABOVE=0\nALLORA_REFUSE_ABOVE=0\n" });
  worker.stepUntil("open");
  assertEquals((await worker.visit()).exitCode, 65);
  // In the same window the limits are right again, but the market has gone.
  const settings = { ...worker.settings, warnAbove: 5, refuseAbove: 50 };
  const { exitCode } = await worker.visit({ ...withoutMarket(worker), settings });
  assertEquals(exitCode, 69);
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "refused");
  assertEquals(await worker.sequence(), 0n);
});

/** A second venue, whose closes are those of the devnet's market times a factor. */
function withKraken(worker: Practice, factor: () => number) {
  const { host } = worker.run();
  return {
    host: {
      ...host,
      async fetch(url: string, init?: RequestInit) {
        if (!url.startsWith("https://api.kraken.com")) return await host.fetch(url, init);
        const fromMs = (Number(new URL(url).searchParams.get("since")) + 1) * 1000;
        const query = `symbol=BTCUSDT&interval=1h&startTime=${fromMs}&limit=10`;
        const answer = await host.fetch(`${worker.devnet.marketUrl}/api/v3/klines?${query}`);
        const rows = (await answer.json() as readonly (readonly [number, ...string[]])[])
          .map(([openMs, ...prices]) => {
            const [o, h, l, c] = prices.map((price) => String(Number(price) * factor()));
            return [openMs / 1000, o, h, l, c, "1", "1", 1];
          });
        return Response.json({ error: [], result: { XBTUSD: [...rows, rows.at(-1)], last: 0 } });
      },
    },
  };
}

function withoutMarket(worker: Practice) {
  const { host } = worker.run();
  return {
    host: {
      ...host,
      fetch: (url: string, init?: RequestInit) =>
        url.startsWith(worker.devnet.marketUrl)
          ? Promise.reject(new TypeError("no route to host"))
          : host.fetch(url, init),
    },
  };
}
