import { assert, assertEquals } from "@std/assert";
import { type Host, realHost } from "../../src/host/host.ts";
import { settleCycle } from "../../src/cycle/run_cycle.ts";
import { workerOf } from "../../src/cycle/worker.ts";
import { damageModel, HOURLY, practise } from "./practice.ts";

const DAILY_ETH = "ALLORA_TARGET=log-return\nALLORA_PAIR=ETH/USD\nALLORA_HORIZON=24h\n";
const PRICE = "ALLORA_TARGET=price\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n";
const VOLATILITY = "ALLORA_TARGET=volatility\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=24h\n";
const LABELS = "ALLORA_TARGET=labels\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n";

Deno.test("a window gets one submission, which is proven when it closes and scored when the horizon has passed", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  // The candle that ended as the window opened counts a minute later.
  worker.devnet.step(12);
  const { outcomes, exitCode } = await worker.visit();
  assertEquals([exitCode, outcomes.map(({ state }) => state)], [0, ["confirmed"]]);
  const afterFirst = await worker.sequence();
  assertEquals(afterFirst, 2n, "a registration and a payload");

  const again = await worker.visit();
  assertEquals(again.outcomes.map(({ state }) => state), ["idle"]);
  assertEquals(await worker.sequence(), afterFirst, "the second visit sends nothing");

  worker.stepUntil("closed");
  worker.devnet.step(2);
  await worker.visit();
  const [proven] = worker.ledger.history(1n, 10);
  assertEquals([proven?.included, proven?.realised], [true, null]);

  worker.devnet.step(800);
  const { run } = worker;
  await settleCycle(run(), worker.settings.topics, await workerOf(run()));
  const [scored] = worker.ledger.history(1n, 10);
  const price = (ms: number) => worker.devnet.price("BTC/USD", ms)!;
  const truth = Math.log(price(scored!.baseMs! + 3_600_000) / price(scored!.baseMs!));
  assertEquals(scored?.realised, truth);
  assertEquals(scored?.loss, (Number(scored!.value) - truth) ** 2);
  assert(worker.told.some(({ event }) => event === "epoch.scored"));
});

for (const generation of [9, 10] as const) {
  Deno.test(`every kind of topic is submitted in one visit on emissions v${generation}`, async () => {
    const files = {
      ...{ "1": HOURLY, "2": DAILY_ETH, "3": PRICE, "4": VOLATILITY },
      ...generation === 10 ? { "5": LABELS } : {},
    };
    await using worker = await practise({ generation, files });
    worker.stepUntil("open");
    worker.devnet.step(20);
    const seen = new Map<bigint, string>();
    for (let visits = 0; visits < 40 && seen.size < Object.keys(files).length; visits++) {
      const { outcomes, exitCode } = await worker.visit();
      assertEquals(exitCode, 0, outcomes.map(({ error }) => error?.message).join());
      for (const { topicId, state } of outcomes) {
        if (state === "confirmed") seen.set(topicId, state);
      }
      worker.devnet.step(60);
    }
    assertEquals([...seen.keys()].map(String).sort(), Object.keys(files));
  });
}

Deno.test("a dry run signs and simulates, and leaves no trace in the ledger or on the chain", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const before = await worker.sequence();
  const { outcomes } = await worker.visit({ dryRun: true });
  assertEquals(outcomes.map(({ state }) => state), ["rehearsed"]);
  assertEquals(await worker.sequence(), before);
  assertEquals(worker.ledger.history(1n, 10).length, 1);
});

Deno.test("a dry run of a worker that is not registered rehearses the registration", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  const { outcomes } = await worker.visit({ dryRun: true });
  assertEquals(outcomes.map(({ state }) => state), ["rehearsed"]);
  assertEquals(await worker.sequence(), 0n);
});

Deno.test("an answer that never came leaves one transaction, which the next visit finds", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const dying = cutOff(async (send) => {
    await (await send()).body?.cancel();
    throw new TypeError("connection reset");
  });
  const cut = await worker.visit(dying);
  assertEquals(cut.exitCode, 75);
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "signed");

  const next = await worker.visit();
  assertEquals(next.exitCode, 0);
  assertEquals(worker.ledger.history(1n, 1)[0]?.state, "confirmed");
  assertEquals(await worker.sequence(), 3n, "a registration and two payloads, none twice");
});

Deno.test("bytes that never left are sent again as they are, before anything new", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const dying = cutOff(() => Promise.reject(new TypeError("no route to host")));
  await worker.visit(dying);
  const [row] = worker.ledger.history(1n, 1);
  const [signed] = worker.ledger.transactionsOf(row!);
  assertEquals(signed?.state, "signed");

  assertEquals((await worker.visit()).exitCode, 0);
  const sent = worker.ledger.transactionsOf(row!);
  assertEquals(sent.map(({ hash, state }) => [hash, state]), [[signed!.hash, "confirmed"]]);
});

Deno.test("a refused prediction costs nothing, exits 65, and is tried again by the next visit", async () => {
  await using worker = await practise({ env: "ALLORA_WARN_ABOVE=0\nALLORA_REFUSE_ABOVE=0\n" });
  worker.stepUntil("open");
  for (let visits = 0; visits < 2; visits++) {
    const { outcomes, exitCode } = await worker.visit();
    assertEquals([exitCode, outcomes[0]?.state], [65, "failed"]);
    assert(outcomes[0]?.error?.message.includes("prediction_validation_failed"));
  }
  assertEquals(worker.ledger.history(1n, 10).map(({ state }) => state), ["refused"]);
  assertEquals(await worker.sequence(), 0n);
});

Deno.test("a wallet that is not whitelisted is told before anything is spent", async () => {
  await using worker = await practise({ topics: [WHITELISTED] });
  worker.stepUntil("open");
  const { exitCode } = await worker.visit();
  assertEquals(exitCode, 77);
  assertEquals(await worker.sequence(), 0n);
});

Deno.test("one topic's failure does not stop another", async () => {
  const files = { "1": HOURLY, "2": DAILY_ETH };
  await using worker = await practise({ files, env: "ALLORA_FALLBACK=no\n" });
  await damageModel(worker, 2n);
  worker.stepUntil("open");
  const states = new Set<string>();
  let worst = 0;
  for (let visits = 0; visits < 20; visits++) {
    const { outcomes, exitCode } = await worker.visit();
    worst = Math.max(worst, exitCode);
    for (const { topicId, state } of outcomes) states.add(`${topicId} ${state}`);
    worker.devnet.step(60);
  }
  assert(states.has("1 confirmed") && states.has("2 failed"), [...states].join());
  assertEquals(worst, 65);
});

Deno.test("a clock far from the chain's is told, but not on a devnet", async () => {
  for (
    const [chainId, expected] of [["allora-devnet-1", false], ["allora-testnet-1", true]] as const
  ) {
    await using worker = await practise({ chainId, topics: [WHITELISTED] });
    await worker.visit();
    assertEquals(worker.told.some(({ event }) => event === "clock.skewed"), expected, chainId);
  }
});

Deno.test("bytes that a node refuses for their fee make room for others at the same sequence", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  await worker.visit(cutOff(() => Promise.reject(new TypeError("no route to host"))));
  const [row] = worker.ledger.history(1n, 1);
  let refusals = 0;
  const poor = { code: 13, codespace: "sdk", log: "insufficient fee", data: "", hash: "00" };
  const host: Host = {
    ...worker.run().host,
    fetch: (url, init) =>
      String(init?.body).includes("broadcast_tx_sync") && refusals++ === 0
        ? Promise.resolve(Response.json({ jsonrpc: "2.0", id: 1, result: poor }))
        : realHost.fetch(url, init),
  };
  // The price has moved: a fee that was right is not the one that is made now.
  const settings = { ...worker.settings, gasPriceMargin: 1.2 };
  const { outcomes } = await worker.visit({ host, settings });
  assert(outcomes.some(({ state }) => state === "confirmed"), JSON.stringify(outcomes[0]?.error));
  const made = worker.ledger.transactionsOf(row!);
  assertEquals(made.map(({ state }) => state), ["rejected", "confirmed"]);
  assertEquals(made[0]?.sequence, made[1]?.sequence);
  assertEquals(await worker.sequence(), 3n);
});

Deno.test("a node without an index of transactions is believed by the chain's own record", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  const error = {
    code: -32603,
    message: "Internal error",
    data: "transaction indexing is disabled",
  };
  const host: Host = {
    ...worker.run().host,
    fetch: (url, init) =>
      String(init?.body).includes('"method":"tx"')
        ? Promise.resolve(Response.json({ jsonrpc: "2.0", id: 1, error }))
        : realHost.fetch(url, init),
  };
  const { outcomes } = await worker.visit({ host });
  assertEquals(outcomes.map(({ state }) => state), ["confirmed"]);
  assertEquals(await worker.sequence(), 2n);
});

Deno.test("a venue that fails when an old window is scored spoils nothing of this visit", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  await worker.visit();
  worker.devnet.step(2000);
  const host: Host = {
    ...worker.run().host,
    fetch: (url, init) =>
      url.startsWith(worker.devnet.marketUrl)
        ? Promise.reject(new TypeError("no route to host"))
        : realHost.fetch(url, init),
  };
  const { exitCode } = await worker.visit({ host });
  assertEquals(worker.ledger.history(1n, 10).at(-1)?.included, true);
  assert(exitCode === 0 || exitCode === 69);
  assert(worker.told.some(({ event }) => event === "settling.failed"));
});

Deno.test("a window that passes without a prediction is told and remembered as missed", async () => {
  await using worker = await practise({ env: "ALLORA_WARN_ABOVE=0\nALLORA_REFUSE_ABOVE=0\n" });
  worker.stepUntil("open");
  await worker.visit();
  worker.stepUntil("closed");
  await worker.visit();
  const [missed] = worker.ledger.closedWindows(1n, worker.address, 10);
  assertEquals(missed?.outcome, "missed");
  assert(worker.told.some(({ event }) => event === "submission.missed"));
});

Deno.test("a registration that is under way is waited for, not made twice", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  await worker.visit(cutOff(async (send) => {
    await (await send()).body?.cancel();
    throw new TypeError("connection reset");
  }));
  assertEquals((await worker.visit()).exitCode, 0);
  assertEquals(await worker.sequence(), 2n, "one registration and one payload");
});

/** A visit whose broadcast goes as told, and which dies before it could look what became of it. */
function cutOff(broadcast: (send: () => Promise<Response>) => Promise<Response>) {
  const stop = new AbortController();
  const host: Host = {
    ...realHost,
    sleep: (ms, signal) => {
      stop.abort(new Error("killed"));
      return realHost.sleep(ms, signal);
    },
    fetch: (url, init) => {
      const send = () => realHost.fetch(url, init);
      return String(init?.body).includes("broadcast_tx_sync") ? broadcast(send) : send();
    },
  };
  return { host, signal: stop.signal };
}

const WHITELISTED = {
  id: 1,
  metadata: "1h BTC/USD Log-Return Prediction",
  lossMethod: "czar",
  epochLength: 720,
  submissionWindow: 600,
  groundTruthLag: 720,
  arity: "single" as const,
  workerWhitelist: [],
};
