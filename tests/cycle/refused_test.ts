import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { connect } from "../../src/chain/client.ts";
import { runDaemon } from "../../src/cycle/run_daemon.ts";
import { workerOf } from "../../src/cycle/worker.ts";
import { FaultPlan } from "../../src/devnet/faults.ts";
import { RpcServer } from "../../src/devnet/rpc_server.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { type Practice, practise } from "./practice.ts";

Deno.test("a wallet that was too poor submits as soon as it is funded, in the same window", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const before = await worker.sequence();
  await impoverish(worker);
  for (let visits = 0; visits < 2; visits++) {
    const { outcomes, exitCode } = await worker.visit();
    assertEquals([exitCode, outcomes[0]?.state], [69, "failed"]);
    assertStringIncludes(outcomes[0]!.error!.message, "sdk 5");
  }
  worker.devnet.fund(worker.address, 10n ** 18n);
  worker.devnet.step();
  const { outcomes, exitCode } = await worker.visit();
  assertEquals([exitCode, outcomes[0]?.state], [0, "confirmed"]);
  assertEquals(await worker.sequence(), before + 1n, "one payload");
});

Deno.test("bytes that a node refused and passed on all the same are found, and not made again", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const before = await worker.sequence();
  const lying = broadcasting(async (send) => {
    await (await send()).body?.cancel();
    return refusal(4);
  });
  assertEquals((await worker.visit(lying)).exitCode, 70);
  worker.devnet.step();
  assertEquals((await worker.visit()).exitCode, 0);
  const [row] = worker.ledger.history(1n, 1);
  const made = worker.ledger.transactionsOf(row!);
  assertEquals([row?.state, made.map(({ state }) => state)], ["confirmed", ["confirmed"]]);
  assert(row!.feePaidUallo > 0n, "what it cost is known");
  assertEquals(await worker.sequence(), before + 1n);
});

Deno.test("one lying node of two costs neither the visit nor the window, and is named", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const before = await worker.sequence();
  const { chain, rpcUrl } = worker.devnet;
  await using liar = new RpcServer({
    ...{ chain, plan: new FaultPlan(), address: "127.0.0.1:0" },
    faucet: () => Promise.resolve(new Response(null, { status: 404 })),
  });
  const settings = { ...worker.settings, rpc: [liar.url, rpcUrl] };
  // The clock stands still, so that the liar is always asked first.
  const nowMs = Date.now();
  const { host } = broadcasting((send, url) =>
    url.startsWith(liar.url) ? Promise.resolve(refusal(4)) : send()
  );
  const run = { settings, host: { ...host, nowMs: () => nowMs, sleep: worker.run().host.sleep } };
  const { outcomes, exitCode } = await worker.visit(run);
  assertEquals([exitCode, outcomes.map(({ state }) => state)], [0, ["confirmed"]]);
  const named = worker.told.filter(({ event }) => event === "endpoint.failed");
  assertEquals(named.map(({ fields }) => fields["url"]), [liar.url]);
  assertEquals(await worker.sequence(), before + 1n);
});

Deno.test("a window that was given up is a failure at every visit, until it has closed", async () => {
  await using worker = await practise();
  await worker.passFirstWindow();
  const before = await worker.sequence();
  const tooLate = broadcasting(() => Promise.resolve(refusal(30)));
  for (const overrides of [tooLate, {}, {}]) {
    const { outcomes, exitCode } = await worker.visit(overrides);
    assertEquals([exitCode, outcomes.map(({ state }) => state)], [75, ["failed"]]);
    assertStringIncludes(outcomes[0]!.error!.message, "sdk 30");
  }
  worker.stepUntil("closed");
  assertEquals((await worker.visit()).exitCode, 0);
  assertEquals(await worker.sequence(), before, "it cost nothing");
});

Deno.test("the daemon comes back to what was refused or given up less and less often", async () => {
  await using worker = await practise({ faults: "deaf" });
  await worker.passFirstWindow();
  const before = await worker.sequence();
  // Poor at first, and then too late: given up.
  const codes = [5, 5, 30];
  const { host } = broadcasting(() => Promise.resolve(refusal(codes.shift() ?? 0)));
  const backOffs = [7, 14, 28, 56, 112];
  const slept: number[] = [];
  const sleep: Host["sleep"] = (ms, signal) => {
    // Whoever tries to hear the chain sleeps as well.
    if (backOffs.includes(ms)) slept.push(ms);
    return realHost.sleep(1, signal);
  };
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]);
  const run = worker.run({ host: { ...host, sleep }, pollMs: 7, signal });
  const states: string[] = [];
  await runDaemon(run, worker.settings.topics, await workerOf(run), {
    onReport({ outcomes }) {
      if (states.push(...outcomes.map(({ state }) => state)) > backOffs.length) stop.abort();
    },
  });
  assertEquals(states, Array(6).fill("failed"));
  assertEquals(slept, backOffs);
  assertEquals([codes, await worker.sequence()], [[], before]);
});

/** A visit to a chain whose nodes answer a broadcast like this. */
function broadcasting(answer: (send: () => Promise<Response>, url: string) => Promise<Response>) {
  const host: Host = {
    ...realHost,
    sleep: (_, signal) => realHost.sleep(1, signal),
    fetch: (url, init) => {
      const send = () => realHost.fetch(url, init);
      return String(init?.body).includes("broadcast_tx_sync") ? answer(send, url) : send();
    },
  };
  return { host };
}

/** CheckTx's no with a code of the sdk's. */
function refusal(code: number): Response {
  const result = { code, codespace: "sdk", log: "no", data: "", hash: "00" };
  return Response.json({ jsonrpc: "2.0", id: 1, result });
}

/** Leaves the wallet with what the chain takes for the data, and nothing for a transaction's fee. */
async function impoverish({ devnet, address }: Practice): Promise<void> {
  const chain = await connect({ urls: [devnet.rpcUrl], timeoutMs: 5000, host: realHost });
  const [dataFee, balance] = [await chain.dataFeeUallo(), await chain.balanceUallo(address)];
  devnet.fund(address, dataFee + 10n - balance);
  devnet.step();
}
