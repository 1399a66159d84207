import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { FaultPlan, FAULTS, parseFaults } from "../../src/devnet/faults.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { PipelineError } from "../../src/errors.ts";
import { call, post } from "./node_calls.ts";
import { broadcast, sendOne } from "./transfer.ts";

Deno.test("parseFaults() reads names, counts and amounts", () => {
  assertEquals(parseFaults("drop-response:2, slow:500ms@3,slow:1.5s,stale:5,stale:7@1,html"), [
    { name: "drop-response", amount: 0, times: 2 },
    { name: "slow", amount: 500, times: 3 },
    { name: "slow", amount: 1500, times: Infinity },
    { name: "stale", amount: 5, times: Infinity },
    { name: "stale", amount: 7, times: 1 },
    { name: "html", amount: 0, times: Infinity },
  ]);
  assertEquals(parseFaults(""), []);
});

Deno.test("parseFaults() reads the one call that a fault is aimed at", () => {
  const balance = "/cosmos.bank.v1beta1.Query/Balance";
  const text = `html/broadcast_tx_sync:1,hang/${balance},stale/status#3:5@1,slow/tx#2:1s`;
  assertEquals(parseFaults(text), [
    { name: "html", amount: 0, times: 1, call: "broadcast_tx_sync" },
    { name: "hang", amount: 0, times: Infinity, call: balance },
    { name: "stale", amount: 5, times: 1, call: "status", from: 3 },
    { name: "slow", amount: 1000, times: Infinity, call: "tx", from: 2 },
  ]);
});

Deno.test("parseFaults() names what it cannot read", () => {
  const cases: [string, RegExp][] = [
    ["flood", /^Cannot order the fault flood: no fault has the name "flood"$/],
    ["html:0", /html:0: "0" is no whole number above 0/],
    ["html:1@2", /html:1@2: html takes only a count/],
    ["slow", /slow: "" is no duration/],
    ["slow:5", /slow:5: "5" is no duration/],
    ["slow:5ms@x", /"x" is no whole number above 0/],
    ["stale", /stale: "" is no whole number above 0/],
    ["html/status#0", /"0" is no whole number above 0/],
    ["html/", /no fault has the name/],
    ["drop-response/status", /drop-response cannot strike status/],
    ["garbage-protobuf/tx", /garbage-protobuf cannot strike tx/],
    ["html,:2", /:2: no fault has the name ""/],
  ];
  for (const [text, message] of cases) {
    const error = assertThrows(() => parseFaults(text), PipelineError);
    assertEquals([error.kind, error.exitCode], ["usage", 64], text);
    assertMatch(error.message, message);
    assert(error.hint !== undefined);
  }
});

Deno.test("FaultPlan counts only the calls that a fault strikes", () => {
  const plan = new FaultPlan(parseFaults("drop-response:1,slow:1s@2"));
  assertEquals([...plan.take("status").keys()], ["slow"]);
  assertEquals([...plan.take("broadcast_tx_sync")], [["drop-response", 0], ["slow", 1000]]);
  assertEquals([...plan.take("broadcast_tx_sync")], []);
});

Deno.test("FaultPlan lets the calls before the aimed one pass, and strikes every query as abci_query", () => {
  const plan = new FaultPlan(parseFaults("html/tx#2:1,cut-json/abci_query:1"));
  const struck = ["tx", "status", "tx", "tx", "/a.Query/B", "/a.Query/B"]
    .map((call) => [...plan.take(call).keys()].join());
  assertEquals(struck, ["", "", "html", "", "cut-json", ""]);
});

Deno.test("calm() takes back what has not struck yet", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "html" });
  devnet.calm();
  assertEquals(await call(devnet.rpcUrl, "health"), {});
});

Deno.test("every fault has a meaning to print", () => {
  assert(FAULTS.every(({ name, meaning }) => name.length < 20 && meaning.length < 80));
});

Deno.test("drop-response: the answer is lost, the transaction is not", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "drop-response:1" });
  const { bytes, answer } = await sendOne(devnet);
  await assertRejects(() => answer, TypeError);
  assertEquals(devnet.chain.mempool.length, 1);
  devnet.step();
  const again = await broadcast(devnet, bytes);
  assertEquals(again.error.data, "tx already exists in cache");
});

Deno.test("lose-broadcast: accepted, and in no block; refuse-broadcast: the mempool is full", async () => {
  await using devnet = await startDevnet({
    manual: true,
    faults: "lose-broadcast:1,refuse-broadcast:1",
  });
  const { bytes, answer } = await sendOne(devnet);
  assertMatch((await answer).error.data, /^mempool is full/);
  devnet.fault("lose-broadcast:1");
  assertEquals((await broadcast(devnet, bytes)).result.code, 0);
  assertEquals(devnet.chain.mempool.length, 0);
  assertEquals((await broadcast(devnet, bytes)).result.code, 0);
  assertEquals(devnet.chain.mempool.length, 1);
});

Deno.test("tx-not-found: a transaction is not there at first", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "tx-not-found:2" });
  const { hash, answer } = await sendOne(devnet);
  await answer;
  devnet.step();
  const params = { hash: Uint8Array.fromHex(hash).toBase64() };
  const look = () => post(devnet.rpcUrl, { jsonrpc: "2.0", id: 1, method: "tx", params });
  assertEquals((await look()).error.data, `tx (${hash}) not found`);
  const path = "/cosmos.tx.v1beta1.Service/GetTx";
  const { response } = await call(devnet.rpcUrl, "abci_query", { path, data: "" });
  assertEquals([response.code, response.codespace], [22, "sdk"]);
  assertEquals((await look()).result.height, "2");
});

Deno.test("http-403 and http-503 are pages of a proxy; garbage-protobuf is an answer of 8 bytes", async () => {
  await using devnet = await startDevnet({ manual: true });
  for (const status of [403, 503]) {
    devnet.fault(`http-${status}:1`);
    const answer = await fetch(`${devnet.rpcUrl}/health`);
    assertEquals(answer.status, status);
    await answer.body?.cancel();
  }
  const path = "/feemarket.feemarket.v1.Query/State";
  devnet.fault(`garbage-protobuf/${path}:1`);
  const ask = async (how: "post" | "get") =>
    how === "post"
      ? await call(devnet.rpcUrl, "abci_query", { path, data: "" })
      : (await (await fetch(`${devnet.rpcUrl}/abci_query?path="${path}"&data=0x`)).json()).result;
  assertEquals((await ask("get")).response.value, "//////////8=");
  assert((await ask("post")).response.value !== "//////////8=");
});

Deno.test("http-502, http-429, html and cut-json: something else than an answer comes", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "http-502:1" });
  const ask = () => fetch(`${devnet.rpcUrl}/health`);
  const bad = await ask();
  assertEquals([bad.status, bad.headers.get("content-type")], [502, "text/html"]);
  await bad.body?.cancel();
  devnet.fault("http-429:1");
  const many = await ask();
  assertEquals([many.status, many.headers.get("retry-after")], [429, "1"]);
  await many.body?.cancel();
  devnet.fault("html:1");
  const page = await ask();
  assertEquals(page.status, 200);
  assertMatch(await page.text(), /^<html>/);
  devnet.fault("cut-json:1");
  await assertRejects(async () => (await ask()).json(), SyntaxError);
  assertEquals(await (await ask()).json(), { jsonrpc: "2.0", id: -1, result: {} });
});

Deno.test("half-close: the connection ends in the middle of the answer", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "half-close:1" });
  await assertRejects(async () => (await fetch(`${devnet.rpcUrl}/status`)).text(), TypeError);
  assertEquals(await call(devnet.rpcUrl, "health"), {});
});

Deno.test("slow and hang: the answer takes its time, or for ever", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "slow:80ms@1" });
  const started = performance.now();
  await call(devnet.rpcUrl, "health");
  assert(performance.now() - started >= 79);
  devnet.fault("hang:1");
  const signal = AbortSignal.timeout(50);
  await assertRejects(() => fetch(`${devnet.rpcUrl}/health`, { signal }), DOMException);
});

Deno.test("reorder: an answer is overtaken by the next", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "reorder:1" });
  const order: string[] = [];
  const asked = (name: string) => call(devnet.rpcUrl, "health").then(() => order.push(name));
  const first = asked("first");
  await new Promise((resolve) => setTimeout(resolve, 30));
  await Promise.all([first, asked("second")]);
  assertEquals(order, ["second", "first"]);
});

Deno.test("stale and wrong-chain-id: the node says that it is elsewhere", async () => {
  await using devnet = await startDevnet({ manual: true });
  devnet.step(9);
  devnet.fault("stale:4@2,wrong-chain-id:1");
  const { node_info, sync_info } = await call(devnet.rpcUrl, "status");
  assertEquals(node_info.network, "allora-other-1");
  assertEquals(sync_info.latest_block_height, "6");
  assertEquals((await call(devnet.rpcUrl, "block")).block.header.height, "6");
  assertEquals((await call(devnet.rpcUrl, "block")).block.header.height, "10");
});
