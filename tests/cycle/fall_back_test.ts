import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Practice } from "./practice.ts";
import { damageModel, HOURLY, practise } from "./practice.ts";

const PRICE = HOURLY.replace("log-return", "price");

Deno.test("a market that fails in an open window gives way to the model on older candles", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  await worker.visit();
  worker.stepUntil("closed");
  worker.stepUntil("open");
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
