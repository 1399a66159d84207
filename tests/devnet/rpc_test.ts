import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { StargateClient } from "@cosmjs/stargate";
import { startDevnet } from "../../src/devnet/start.ts";
import { PipelineError } from "../../src/errors.ts";
import { call, getJson, post } from "./node_calls.ts";
import { broadcast, offered, sendOne } from "./transfer.ts";

const ADDRESS = "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj";

Deno.test("startDevnet() refuses to listen beyond this machine", async () => {
  for (const rpc of ["0.0.0.0:26657", "192.168.0.1:1", "[::]:0", "node.example:80", "127.0.0.1"]) {
    const refusal = await assertRejects(() => startDevnet({ rpc, manual: true }), PipelineError);
    assertEquals([refusal.kind, refusal.exitCode], ["config", 78]);
    assertMatch(refusal.message, /^Cannot listen on .+: it is no loopback address$/);
  }
  await assertRejects(() => startDevnet({ market: "0.0.0.0:0", manual: true }), PipelineError);
});

Deno.test("startDevnet() says which address is taken", async () => {
  await using devnet = await startDevnet({ manual: true });
  const rpc = new URL(devnet.rpcUrl).host;
  const refusal = await assertRejects(() => startDevnet({ rpc, manual: true }), PipelineError);
  assertMatch(refusal.message, /^Cannot listen on 127\.0\.0\.1:\d+: /);
});

Deno.test("the devnet's clock is the head block's time, a block every five seconds of it", async () => {
  await using devnet = await startDevnet({ manual: true });
  const startMs = devnet.nowMs();
  assertEquals(new Date(startMs).toISOString(), "2024-11-01T00:00:00.000Z");
  devnet.step(720);
  assertEquals(devnet.nowMs() - startMs, 3_600_000);
  const { sync_info } = await call(devnet.rpcUrl, "status");
  assertEquals(sync_info.latest_block_time, "2024-11-01T01:00:00Z");
  assertEquals(sync_info.latest_block_height, "721");
});

Deno.test("blocks come at the ordered speed, and a stall is not made up for at once", async () => {
  await using devnet = await startDevnet({ speed: 500 }); // a block each 10 ms
  await new Promise((resolve) => setTimeout(resolve, 300));
  const before = devnet.chain.height;
  assert(before > 15 && before < 35, `${before} blocks in 300 ms`);
  for (const until = performance.now() + 1000; performance.now() < until;);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(devnet.chain.height - before < 40, `${devnet.chain.height - before} blocks after a stall`);
});

Deno.test("a chain is known by position, by name, by GET, in batches", async () => {
  await using devnet = await startDevnet({ manual: true, chainId: "allora-devnet-7" });
  devnet.step(3);
  const { rpcUrl } = devnet;
  assertEquals((await call(rpcUrl, "block", ["2"])).block.header.height, "2");
  assertEquals((await call(rpcUrl, "block", { height: "2" })).block.header.height, "2");
  assertEquals((await getJson(`${rpcUrl}/block?height=2`)).result.block.header.height, "2");
  assertEquals((await getJson(`${rpcUrl}/status`)).result.node_info.network, "allora-devnet-7");
  const path = encodeURIComponent('"/cosmos.upgrade.v1beta1.Query/CurrentPlan"');
  const query = await getJson(`${rpcUrl}/abci_query?path=${path}&data=0x`);
  assertEquals([query.id, query.result.response.code], [-1, 0]);
  const batch = await post(rpcUrl, [
    { jsonrpc: "2.0", id: "a", method: "health" },
    { jsonrpc: "2.0", method: "health" },
    { jsonrpc: "2.0", id: 3, method: "nonsense" },
  ]);
  assertEquals(batch, [
    { jsonrpc: "2.0", id: "a", result: {} },
    { jsonrpc: "2.0", id: 3, error: { code: -32601, message: "Method not found" } },
  ]);
});

Deno.test("what cannot be understood is refused in the node's words", async () => {
  await using devnet = await startDevnet({ manual: true });
  const { rpcUrl } = devnet;
  const refused = async (method: string, params: unknown) =>
    (await post(rpcUrl, { jsonrpc: "2.0", id: 1, method, params })).error;
  const invalid = (reason: string) => ({
    code: -32602,
    message: "Invalid params",
    data: `error converting json params to arguments: ${reason}`,
  });
  const internal = (data: string) => ({ code: -32603, message: "Internal error", data });

  assertEquals(
    await refused("broadcast_tx_sync", { tx: "not base64" }),
    invalid("illegal base64 data at input byte 3"),
  );
  assertEquals(
    await refused("abci_query", { path: "/x", data: "0z" }),
    invalid("encoding/hex: invalid byte: U+007A 'z'"),
  );
  assertEquals(
    await refused("block", { height: 1 }),
    invalid('invalid 64-bit integer encoding "1", expected string'),
  );
  assertEquals(
    await refused("block", { height: "9" }),
    internal("height 9 must be less than or equal to the current blockchain height 1"),
  );
  assertEquals(
    await refused("block", { height: "0" }),
    internal("height must be greater than 0, but got 0"),
  );
  const missing = "AB".repeat(32);
  assertEquals(
    await refused("tx", { hash: Uint8Array.fromHex(missing).toBase64() }),
    internal(`tx (${missing}) not found`),
  );
  const large = {
    jsonrpc: "2.0",
    id: 1,
    method: "broadcast_tx_sync",
    params: { tx: "A".repeat(1e6) },
  };
  assertEquals(await post(rpcUrl, large), {
    jsonrpc: "2.0",
    error: {
      code: -32600,
      message: "Invalid Request",
      data: "error reading request body: http: request body too large",
    },
  });
  const garbage = await fetch(rpcUrl, { method: "POST", body: "{" });
  assertEquals((await garbage.json()).error.code, -32700);
  assertEquals((await fetch(`${rpcUrl}/nothing`).then(drained)).status, 404);
});

Deno.test("the faucet gives to whoever asks, but not too often", async () => {
  await using devnet = await startDevnet({ manual: true });
  const ask = async (chain: string, address: string) => {
    const body = new URLSearchParams({ chain, address });
    return (await fetch(`${devnet.rpcUrl}/api/request`, { method: "POST", body }).then(drained));
  };
  assertEquals((await ask("allora-devnet-1", "allo1nonsense")).status, 400);
  assertEquals((await ask("allora-testnet-1", ADDRESS)).status, 400);
  for (let asked = 0; asked < 5; asked++) {
    assertEquals((await ask("allora-devnet-1", ADDRESS)).status, 200);
  }
  const sixth = await ask("allora-devnet-1", ADDRESS);
  assertEquals([sixth.status, sixth.headers.get("retry-after")], [429, "60"]);
  const client = await StargateClient.connect(devnet.rpcUrl);
  const { amount } = await client.getBalance(ADDRESS, "uallo");
  assertEquals(BigInt(amount), 500n * 10n ** 18n);
  client.disconnect();
});

Deno.test("broadcast_tx_commit answers with the block, and repeats the mempool's refusal", async () => {
  await using devnet = await startDevnet({ manual: true });
  const { bytes, answer } = await sendOne(devnet, "commit");
  await offered(devnet);
  devnet.step();
  const { check_tx, tx_result, height } = (await answer).result;
  assertEquals([check_tx.code, tx_result.code, height], [0, 0, "2"]);
  const again = await broadcast(devnet, bytes, "commit");
  assertEquals(again.error.data, "error on broadcastTxCommit: tx already exists in cache");
});

Deno.test("a devnet that ends answers those who still wait", async () => {
  const devnet = await startDevnet({ manual: true });
  const { answer } = await sendOne(devnet, "commit");
  await offered(devnet);
  await devnet[Symbol.asyncDispose]();
  assertMatch((await answer).error.data, /^timed out waiting for tx/);
});

async function drained(response: Response): Promise<Response> {
  await response.body?.cancel();
  return response;
}
