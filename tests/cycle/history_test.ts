import { assert, assertEquals } from "@std/assert";
import { connect } from "../../src/chain/client.ts";
import { newMnemonic, walletFromMnemonic } from "../../src/chain/keys.ts";
import { runCycle } from "../../src/cycle/run_cycle.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { type Practice, practise } from "./practice.ts";

/** Blocks from a nonce to the block in which the devnet settles its epoch, for a horizon of an hour. */
const SETTLED_AFTER = 600 + 720;
const EPOCH = 720;

for (const generation of [9, 10] as const) {
  Deno.test(`an epoch's reward is what the chain paid for it, on emissions v${generation}`, async () => {
    await using worker = await practise({ generation });
    const nonce = await submitOnce(worker);
    stepTo(worker, Number(nonce) + SETTLED_AFTER - 1);
    const before = await balance(worker);
    worker.devnet.step(2);
    const paid = await balance(worker) - before;
    assert(paid > 0n);
    await worker.visit();
    const row = worker.ledger.history(1n, 10).find((each) => each.nonce === nonce);
    assertEquals([row?.included, row?.rewardUallo], [true, paid]);
    assert(row?.settledMs !== null && row?.realised !== null, "nothing is left to ask for");
    assertEquals(Number(row?.emaScore), 0.1 * Number(row?.score));
    assertEquals(row?.networkValue, row?.value, "the only inference is the network's");
    assert(worker.told.some(({ event }) => event === "epoch.paid"));
  });
}

Deno.test("a node that does not index blocks is asked for the likely ones", async () => {
  await using worker = await practise({ faults: "no-block-index" });
  const nonce = await submitOnce(worker);
  stepTo(worker, Number(nonce) + SETTLED_AFTER + 1);
  await worker.visit();
  const row = worker.ledger.history(1n, 10).find((each) => each.nonce === nonce);
  assert(row?.rewardUallo !== null && row!.rewardUallo! > 0n);
});

Deno.test("a reward that the node has forgotten stays unknown, and is asked for no longer than a day", async () => {
  await using worker = await practise({ faults: "pruned:100,no-block-index" });
  const nonce = await submitOnce(worker);
  stepTo(worker, Number(nonce) + SETTLED_AFTER + 200);
  await worker.visit();
  const row = () => worker.ledger.history(1n, 100).find((each) => each.nonce === nonce);
  assertEquals([row()?.rewardUallo, row()?.settledMs], [null, null]);
  assert(
    row()?.score !== null && row()?.emaScore !== null,
    "the state of the chain still has these",
  );

  worker.devnet.step(25 * EPOCH);
  const later = { ...worker.run().host, nowMs: () => Date.now() + 3_600_000 };
  await worker.visit({ host: later });
  assertEquals(row()?.rewardUallo, null);
  assert(row()?.settledMs !== null);
});

for (const [generation, faults] of [[9, ""], [10, ""], [10, "no-block-index"]] as const) {
  const how = `${faults === "" ? "by the index" : "block by block"} on emissions v${generation}`;
  Deno.test(`windows that passed while nobody looked are missed, each found once ${how}`, async () => {
    await using worker = await practise({ generation, faults });
    const first = await submitOnce(worker);
    worker.devnet.step(4 * EPOCH);
    for (let visits = 0; visits < 2; visits++) await worker.visit();
    assertEquals(missedAfter(first, worker), [720n, 1440n, 2160n, 2880n]);
    const told = worker.told.filter(({ event }) => event === "submission.missed");
    assertEquals(told.length, 4);
  });
}

Deno.test("a window that opened some blocks late, because topics met, is found at its own nonce", async () => {
  await using worker = await practise({ faults: "no-block-index" });
  const first = await submitOnce(worker);
  // Seen from here the windows after it are late: the chain's own steps are even.
  const key = { topicId: 1n, nonce: first + 718n, worker: worker.address };
  worker.ledger.closeWindow(key, "missed");
  worker.devnet.step(3 * EPOCH);
  await worker.visit();
  assertEquals(missedAfter(first, worker), [718n, 1440n, 2160n]);
});

Deno.test("a long absence is written down a part at a time", async () => {
  await using worker = await practise();
  await submitOnce(worker);
  worker.devnet.step(120 * EPOCH);
  await worker.visit();
  const first = closedOf(worker).length;
  assert(first > 40 && first < 52, `${first} windows in one visit`);
  for (let visits = 0; visits < 2; visits++) await worker.visit();
  const nonces = closedOf(worker).map(([nonce]) => nonce);
  assertEquals(new Set(nonces).size, nonces.length);
  assert(nonces.length >= 119, `${nonces.length} windows after three visits`);
});

Deno.test("a node that forgot its blocks leaves windows unknown, unless somebody's inference proves them", async () => {
  await using worker = await practise({ faults: "pruned:50,no-block-index" });
  const first = await submitOnce(worker);
  worker.devnet.step(EPOCH - 200);
  const other = newMnemonic();
  worker.devnet.fund((await walletFromMnemonic(other)).address, 10n ** 18n);
  await runCycle(worker.run({ mnemonic: () => Promise.resolve(other) }), worker.settings.topics);
  worker.devnet.step(2 * EPOCH);
  await worker.visit();
  const closed = closedOf(worker).filter(([nonce]) => nonce !== first);
  assertEquals(closed, [[first + 1440n, "unknown"], [first + 720n, "missed"]]);
});

Deno.test("a submission in a block whose list the node has deleted is unknown, not missed", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  await worker.visit();
  worker.stepUntil("closed");
  const forgetful: Host = {
    ...worker.run().host,
    fetch: (url, init) => {
      if (!String(init?.body).includes("GetInferencesAtBlock")) return realHost.fetch(url, init);
      const response = { code: 0, codespace: "", log: "", value: null, height: "1" };
      return Promise.resolve(Response.json({ jsonrpc: "2.0", id: 1, result: { response } }));
    },
  };
  worker.devnet.step(5);
  await worker.visit({ host: forgetful });
  assertEquals(closedOf(worker), [], "the node may only be some blocks behind");
  worker.devnet.step(50);
  await worker.visit({ host: forgetful });
  assertEquals(closedOf(worker), [[2n, "unknown"]]);
  const [row] = worker.ledger.history(1n, 1);
  assert(row?.included === null && row.settledMs !== null);
});

Deno.test("a worker without a gap asks for no more than the next visit needs", async () => {
  await using worker = await practise();
  for (let epochs = 0; epochs < 3; epochs++) await submitOnce(worker);
  worker.stepUntil("open");
  const asked: string[] = [];
  const host: Host = {
    ...worker.run().host,
    fetch: (url, init) => {
      asked.push(String(init?.body));
      return realHost.fetch(url, init);
    },
  };
  await worker.visit({ host });
  assertEquals(asked.filter((body) => /block_search.*WindowOpened|block_results/.test(body)), []);
});

Deno.test("the truth starts from the nonce's minute, though the venue lagged when the prediction was made", async () => {
  await using worker = await practise();
  worker.stepUntil("closed");
  worker.stepUntil("open");
  const lagging: Host = {
    ...worker.run().host,
    fetch: async (url, init) => {
      const response = await realHost.fetch(url, init);
      if (!url.startsWith(worker.devnet.marketUrl) || !url.includes("klines")) return response;
      const candles = await response.json() as unknown[][];
      const lastMs = worker.devnet.nowMs() - 3_600_000;
      return Response.json(candles.filter(([, , , , , , closeMs]) => Number(closeMs) < lastMs));
    },
  };
  await worker.visit({ host: lagging });
  const [row] = worker.ledger.history(1n, 1);
  const price = (ms: number) => worker.devnet.price("BTC/USD", ms)!;
  assert(row?.state === "confirmed" && row.basePrice !== price(row.baseMs!), "it did lag");
  worker.devnet.step(SETTLED_AFTER);
  await worker.visit();
  const settled = worker.ledger.history(1n, 10).find(({ nonce }) => nonce === row.nonce);
  const truth = Math.log(price(row.baseMs! + 3_600_000) / price(row.baseMs!));
  assertEquals([settled?.realised, settled?.lossZero], [truth, truth ** 2]);
});

/** One window from its opening to its proof; its nonce. */
async function submitOnce(worker: Practice): Promise<bigint> {
  worker.stepUntil("open");
  await worker.visit();
  const [row] = worker.ledger.history(1n, 1);
  worker.stepUntil("closed");
  worker.devnet.step(2);
  await worker.visit();
  return row!.nonce;
}

function stepTo({ devnet }: Practice, height: number): void {
  devnet.step(height - devnet.chain.height);
}

/** Newest first. */
function closedOf({ ledger, address }: Practice): (readonly [bigint, string])[] {
  return ledger.closedWindows(1n, address, 1000).map(({ nonce, outcome }) => [nonce, outcome]);
}

/** Nonces of the missed windows, in blocks after the first one's. */
function missedAfter(first: bigint, worker: Practice): bigint[] {
  return closedOf(worker).filter(([, outcome]) => outcome === "missed")
    .map(([nonce]) => nonce - first).reverse();
}

async function balance({ devnet, address }: Practice): Promise<bigint> {
  const chain = await connect({ urls: [devnet.rpcUrl], timeoutMs: 5000, host: realHost });
  return await chain.balanceUallo(address);
}
