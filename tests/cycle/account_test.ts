import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SimulateAnswer, UpgradePlanAnswer } from "../../src/chain/messages.ts";
import { decode, encode } from "../../src/chain/wire.ts";
import { realHost } from "../../src/host/host.ts";
import { openLedger } from "../../src/ledger/ledger.ts";
import { practise } from "./practice.ts";

Deno.test("a ledger that is lost is rebuilt from the chain far enough never to pay twice", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  await worker.visit();
  const before = await worker.sequence();

  using ledger = openLedger(`${worker.settings.stateDir}/new.db`, { nowMs: () => Date.now() });
  const { exitCode } = await worker.visit({ ledger });
  assertEquals([exitCode, await worker.sequence()], [0, before]);
  const [row] = ledger.history(1n, 1);
  assertEquals([row?.state, row?.reason], ["confirmed", "found on the chain"]);
  assert(!worker.told.some(({ event }) => event === "wallet.used_elsewhere"), "nobody is accused");

  worker.stepUntil("closed");
  worker.devnet.step(2);
  await worker.visit({ ledger });
  assertEquals(ledger.history(1n, 1)[0]?.included, true);
  worker.devnet.step(720 * 60);
  await worker.visit({ ledger });
  assert(ledger.history(1n, 60).at(-1)?.settledMs !== null, "nothing is asked of it for ever");
});

Deno.test("a ledger lost while its transaction waits for a block makes no second one", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  await worker.visit(dyingAtFirstWait());
  assertEquals(worker.devnet.chain.mempool.length, 1);

  using ledger = openLedger(`${worker.settings.stateDir}/new.db`, { nowMs: () => Date.now() });
  const { exitCode, outcomes } = await worker.visit({ ledger, ...dyingAtFirstWait() });
  assertEquals([exitCode, outcomes[0]?.state], [75, "failed"]);
  assertEquals(worker.devnet.chain.mempool.length, 1);
  worker.devnet.step();
  await worker.visit({ ledger });
  assertEquals(await worker.sequence(), 3n, "a registration and two payloads");
  assertEquals(ledger.history(1n, 1)[0]?.state, "confirmed");
});

Deno.test("an account that moved on without this ledger is reported as another host, once", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  // The other host has a ledger of its own and submits first.
  using theirs = openLedger(`${worker.settings.stateDir}/theirs.db`, { nowMs: () => Date.now() });
  await worker.visit({ ledger: theirs });
  const used = await worker.sequence();

  for (let visits = 0; visits < 2; visits++) assertEquals((await worker.visit()).exitCode, 0);
  const told = worker.told.filter(({ event }) => event === "wallet.used_elsewhere");
  assertEquals(told.length, 1);
  assertStringIncludes(String(told[0]?.fields["evidence"]), `its next sequence is ${used}`);
  assertEquals(await worker.sequence(), used, "this window is not paid for twice");
});

Deno.test("fees beyond the day's cap are refused before anything is signed", async () => {
  await using worker = await practise({ env: "ALLORA_MAX_FEE_PER_DAY=0.000000000003\n" });
  worker.stepUntil("open");
  const { outcomes, exitCode } = await worker.visit();
  assertEquals(exitCode, 77);
  assertStringIncludes(outcomes[0]!.error!.message, "passes the cap of 3000000");
  // The registration fits, the payload on top of it does not.
  assertEquals(await worker.sequence(), 1n);
  assert(worker.told.some(({ event }) => event === "fee.cap_reached"));
});

Deno.test("a payload that runs out of gas in its block is sent once more with more, in the same visit", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const before = await worker.sequence();
  const { host } = worker.run();
  const fetch = async (url: string, init?: RequestInit) => {
    const answer = await host.fetch(url, init);
    return String(init?.body).includes("Service/Simulate") ? await shortened(answer) : answer;
  };
  const { outcomes, exitCode } = await worker.visit({ host: { ...host, fetch } });
  assertEquals([exitCode, outcomes[0]?.state], [0, "confirmed"]);
  const [row] = worker.ledger.history(1n, 1);
  const made = worker.ledger.transactionsOf(row!);
  assertEquals(made.map(({ state, code }) => [state, code]), [["rejected", 11], [
    "confirmed",
    null,
  ]]);
  assertEquals(await worker.sequence(), before + 2n);
});

/** The simulation's answer with so little gas that the usual margin does not save it. */
async function shortened(response: Response): Promise<Response> {
  const envelope = await response.json();
  const answer = envelope.result.response;
  if (answer.code === 0) {
    const { gasInfo } = decode(SimulateAnswer, Uint8Array.fromBase64(answer.value));
    const gasUsed = (gasInfo?.gasUsed ?? 0n) - 30_000n;
    answer.value = encode(SimulateAnswer, { gasInfo: { gasUsed, gasWanted: 0n } }).toBase64();
  }
  return Response.json(envelope);
}

/** Ends before the first wait, for a block that therefore does not come. */
function dyingAtFirstWait() {
  const stop = new AbortController();
  const sleep = () => {
    stop.abort(new Error("killed"));
    return Promise.reject(stop.signal.reason);
  };
  return { host: { ...realHost, sleep }, signal: stop.signal };
}

Deno.test("an upgrade that the chain has planned is announced by the visits before it", async () => {
  await using worker = await practise();
  worker.stepUntil("open");
  const { host } = worker.run();
  const value = encode(UpgradePlanAnswer, {
    plan: { name: "v0.18.0", height: 123_456n },
  }).toBase64();
  const fetch = (url: string, init?: RequestInit) =>
    String(init?.body).includes("upgrade.v1beta1.Query/CurrentPlan")
      ? Promise.resolve(Response.json({
        ...{ jsonrpc: "2.0", id: 1 },
        result: { response: { code: 0, value, height: "1" } },
      }))
      : host.fetch(url, init);
  assertEquals((await worker.visit({ host: { ...host, fetch } })).exitCode, 0);
  const told = worker.told.find(({ event }) => event === "chain.upgrade_planned");
  assertEquals(told?.fields, { name: "v0.18.0", height: 123_456n });
});
