import { assert, assertEquals, assertMatch } from "@std/assert";
import { startDevnet } from "../../src/devnet/start.ts";
import { SubscriptionQuery } from "../../src/devnet/subscription_query.ts";
import type { Json } from "./node_calls.ts";
import { NodeSocket } from "./node_socket.ts";

Deno.test("a subscriber hears of every block, with the id of its request", async () => {
  await using devnet = await startDevnet({ manual: true });
  await using socket = await NodeSocket.open(devnet.rpcUrl);
  assertEquals(await socket.call("subscribe", { query: "tm.event='NewBlock'" }), {
    jsonrpc: "2.0",
    id: 1,
    result: {},
  });
  devnet.step(3);
  for (const height of ["2", "3", "4"]) {
    const { id, result } = await socket.next();
    assertEquals([id, result.query], [1, "tm.event='NewBlock'"]);
    assertEquals(result.data.type, "tendermint/event/NewBlock");
    assertEquals(result.data.value.block.header.height, height);
    assertEquals(result.events["tm.event"], ["NewBlock"]);
  }
});

Deno.test("a filter on an attribute lets only its blocks through, with all their events", async () => {
  await using devnet = await startDevnet({ manual: true });
  await using socket = await NodeSocket.open(devnet.rpcUrl);
  const opened = "emissions.v10.EventWorkerSubmissionWindowOpened";
  const query = `tm.event='NewBlockEvents' AND ${opened}.topic_id = '"1"'`;
  await socket.call("subscribe", { query });
  devnet.step(700);
  const { result } = await socket.next();
  const windows = result.data.value.events.filter(({ type }: Json) => type === opened);
  assert(windows.length > 1, "the other topics' windows come along");
  assertEquals(result.events[`${opened}.topic_id`]?.[0], '"1"');
  const [nonce] = result.events[`${opened}.nonce_block_height`];
  assertEquals(nonce, JSON.stringify(result.data.value.height));
  await assertQuiet(socket);
});

Deno.test("the sixth subscription of a client, a second one and nonsense are refused", async () => {
  await using devnet = await startDevnet({ manual: true });
  await using socket = await NodeSocket.open(devnet.rpcUrl);
  const subscribe = async (query: string) =>
    (await socket.call("subscribe", { query })).error?.data;
  assertMatch(await subscribe("this is not a query"), /^failed to parse query: /);
  assertEquals(await subscribe("tm.event='Tx'"), undefined);
  assertEquals(await subscribe("tm.event='Tx'"), "already subscribed");
  for (const kind of ["NewBlock", "NewBlockHeader", "NewBlockEvents", "Vote"]) {
    assertEquals(await subscribe(`tm.event='${kind}'`), undefined);
  }
  const full = "max_subscriptions_per_client 5 reached";
  assertEquals(await subscribe("tm.event='ValidatorSetUpdates'"), full);
  assertEquals(await subscribe("this is not a query"), full);
});

Deno.test("who unsubscribes hears no more", async () => {
  await using devnet = await startDevnet({ manual: true });
  await using socket = await NodeSocket.open(devnet.rpcUrl);
  const query = "tm.event='NewBlockHeader'";
  await socket.call("subscribe", { query });
  devnet.step();
  assertEquals((await socket.next()).result.data.type, "tendermint/event/NewBlockHeader");
  assertEquals((await socket.call("unsubscribe", { query })).result, {});
  devnet.step();
  await assertQuiet(socket);
  assertEquals((await socket.call("unsubscribe", { query })).error.data, "subscription not found");
  assertEquals(
    (await socket.call("unsubscribe_all")).error.data,
    "subscription not found",
  );
  await socket.call("subscribe", { query });
  assertEquals((await socket.call("unsubscribe_all")).result, {});
});

Deno.test("every call of the RPC works over the websocket too", async () => {
  await using devnet = await startDevnet({ manual: true });
  await using socket = await NodeSocket.open(devnet.rpcUrl);
  assertEquals((await socket.call("status")).result.node_info.network, "allora-devnet-1");
  assertEquals((await socket.call("nonsense")).error, {
    code: -32601,
    message: "Method not found",
  });
  socket.send("{");
  assertEquals((await socket.next()).error.code, -32700);
});

Deno.test("a deaf node acknowledges and keeps silent", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "deaf:1" });
  await using socket = await NodeSocket.open(devnet.rpcUrl);
  const query = "tm.event='NewBlock'";
  assertEquals((await socket.call("subscribe", { query })).result, {});
  devnet.step();
  await assertQuiet(socket);
});

Deno.test("SubscriptionQuery matches as CometBFT does", () => {
  const events = new Map([
    ["tm.event", ["Tx"]],
    ["tx.height", ["12"]],
    ["transfer.amount", ["10uallo", "7uallo"]],
  ]);
  const cases: [string, boolean][] = [
    ["tm.event='Tx'", true],
    ["tm.event = 'NewBlock'", false],
    ["tx.height > 11 AND tx.height <= 12", true],
    ["tx.height < 12", false],
    ["tx.height >= 12", true],
    ["transfer.amount = '7uallo'", true],
    ["transfer.amount CONTAINS '10'", true],
    ["transfer.amount CONTAINS '11'", false],
    ["transfer.amount EXISTS AND tm.event='Tx'", true],
    ["transfer.sender EXISTS", false],
  ];
  for (const [text, isMatch] of cases) {
    assertEquals(new SubscriptionQuery(text).matches(events), isMatch, text);
  }
});

/** Nothing has come, and nothing was on its way. */
async function assertQuiet(socket: NodeSocket) {
  assertEquals((await socket.call("health")).result, {});
}
