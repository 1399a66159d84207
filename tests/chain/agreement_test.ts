import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Broadcast, ChainRefusal } from "../../src/chain/client.ts";
import { PipelineError } from "../../src/errors.ts";
import { type Methods, RpcError, UNKNOWN_PATH } from "./node.ts";
import { connected, inOrder, nodeOf, twins, WORKER } from "./pool_nodes.ts";

const alone = (told: readonly { event: string }[]) =>
  told.filter(({ event }) => event === "endpoint.alone").length;

/** Runs `onSleep` instead of waiting. */
const resting = (onSleep: () => void) => ({
  ...inOrder,
  sleep: () => Promise.resolve(onSleep()),
});

Deno.test("two nodes that agree on the window are believed", async () => {
  await using one = nodeOf();
  await using two = nodeOf();
  const { client, told } = await connected([one.url, two.url]);
  const window = await client.window(1n, WORKER);
  assertEquals([window.isOpen, window.nonce, window.closes, told.length], [true, 60n, 70n, 0]);
});

Deno.test("a node one block behind is asked again until it has caught up, and is not blamed", async () => {
  await using ahead = nodeOf({ height: 71n });
  await using behind = nodeOf({ nonce: undefined });
  let sleeps = 0;
  const { client, told } = await connected([behind.url, ahead.url], {
    host: resting(() => {
      if (++sleeps === 2) Object.assign(behind.state, { height: 71n, nonce: 60n });
    }),
  });
  assertEquals((await client.window(1n, WORKER)).nonce, 60n);
  assertEquals([sleeps, told.length], [2, 0]);
});

Deno.test("of three nodes two decide on the nonce, and the odd one is named", async () => {
  await using liar = nodeOf({ nonce: 59n });
  await using one = nodeOf();
  await using two = nodeOf();
  const { client, failed, told } = await connected([liar.url, one.url, two.url], {
    host: resting(() => {}),
  });
  assertEquals((await client.window(1n, WORKER)).nonce, 60n);
  assertEquals(failed(), [liar.url]);
  assert(String(told[0]?.fields["error"]).includes("open for nonce 59 until block 69"));
});

Deno.test("two nodes that never agree on the nonce are both named, and neither is believed", async () => {
  await using one = nodeOf({ nonce: 59n });
  await using two = nodeOf();
  const { client } = await connected([one.url, two.url], { timeoutMs: 1_000 });
  const startMs = Date.now();
  const error = await assertRejects(() => client.window(1n, WORKER), PipelineError);
  assert(Date.now() - startMs <= 2_000);
  assertEquals(error.kind, "unavailable");
  for (const word of [`${one.url} says open for nonce 59`, `${two.url} says open for nonce 60`]) {
    assert(error.message.includes(word), error.message);
  }
});

Deno.test("one node's word that a topic does not exist does not decide against another's", async () => {
  const missing = { code: 6, codespace: "sdk", log: "topic does not exist", value: null };
  await using one = nodeOf({}, {
    abci_query: ({ path }) => ({
      response: path === "/emissions.v10.QueryService/GetParams"
        ? { ...missing, code: 0, log: "", height: "70" }
        : { ...missing, height: "70" },
    }),
  });
  await using two = nodeOf();
  const { client } = await connected([one.url, two.url], { timeoutMs: 700 });
  const error = await assertRejects(() => client.window(1n, WORKER), PipelineError);
  assertEquals(error.kind, "unavailable");
  assert(error.message.includes("there is no such topic"));
});

Deno.test("the only node that answers is believed, and told once to be alone", async () => {
  await using nodes = await twins("http-502");
  const { client, told } = await connected([nodes.goodUrl, nodes.badUrl]);
  await client.window(1n, WORKER);
  await client.window(2n, WORKER);
  assertEquals(alone(told), 1);
  const { fields } = told.find(({ event }) => event === "endpoint.alone")!;
  assertEquals(fields, { url: nodes.goodUrl });
});

Deno.test("the height that is final is one that both nodes have passed", async () => {
  await using ahead = nodeOf({ height: 73n });
  await using behind = nodeOf({ height: 70n });
  const { client } = await connected([ahead.url, behind.url]);
  assertEquals(await client.finalHeight(), 70n);
  const { client: one } = await connected([ahead.url]);
  assertEquals(await one.finalHeight(), 73n);
});

const HASH = "11".repeat(32);
const NOT_FOUND = { tx: () => refuse(`tx (${HASH}) not found`) };
const RECEIPT = {
  tx: () => ({
    hash: HASH,
    height: "65",
    tx_result: { code: 0, codespace: "", log: "", gas_used: "5", gas_wanted: "6", events: [] },
  }),
};

Deno.test("a transaction is found when any node has it, and in no block when none that answers has", async () => {
  await using without = nodeOf({}, NOT_FOUND);
  await using having = nodeOf({}, RECEIPT);
  await using broken = nodeOf({}, { tx: () => refuse("transaction indexing is disabled") });
  const { client } = await connected([without.url, broken.url, having.url]);
  assertEquals((await client.transaction(HASH))?.height, 65n);
  const { client: poor } = await connected([without.url, broken.url]);
  assertEquals(await poor.transaction(HASH), undefined);
  const { client: none } = await connected([broken.url]);
  await assertRejects(() => none.transaction(HASH), PipelineError, "indexing is disabled");
});

Deno.test("a node behind the final height cannot say that a transaction is in no block", async () => {
  let isIndexing = true;
  const tx = () => refuse(isIndexing ? `tx (${HASH}) not found` : "out of memory");
  await using one = nodeOf({ height: 73n }, { tx });
  await using two = nodeOf({ height: 73n }, { tx });
  await using behind = nodeOf({ height: 69n }, NOT_FOUND);
  const { client } = await connected([one.url, two.url, behind.url]);
  assertEquals(await client.finalHeight(), 73n);
  assertEquals(await client.transaction(HASH), undefined);
  isIndexing = false;
  const error = await assertRejects(() => client.transaction(HASH), PipelineError);
  assertEquals(error.kind, "unavailable");
});

const BYTES = new Uint8Array([1, 2, 3]);
const checked = (codespace: string, code: number): Methods => ({
  broadcast_tx_sync: () => ({ code, codespace, log: "why", data: "", hash: "" }),
});
const accepting = checked("", 0);
const outOfOrder = checked("sdk", 32);
const full: Methods = { broadcast_tx_sync: () => refuse("mempool is full: 1 of 1") };
const vague: Methods = { broadcast_tx_sync: () => refuse("timed out") };
const cached: Methods = { broadcast_tx_sync: () => refuse("tx already exists in cache") };

/** What the first and the second node say to the bytes, and what that makes together. */
const BROADCASTS: readonly (readonly [string, Methods, Methods, string])[] = [
  ["a full mempool and one with room", full, accepting, "accepted"],
  ["two full mempools", full, checked("sdk", 20), "other-node"],
  ["a refusal, whatever another would say", outOfOrder, accepting, "retry-sequence"],
  ["a full mempool and a refusal", full, outOfOrder, "retry-sequence"],
  ["an answer that means nothing and a refusal", vague, outOfOrder, "unknown"],
  ["an answer that means nothing and a full mempool", vague, full, "unknown"],
  ["a full mempool and an answer that means nothing", full, vague, "unknown"],
  ["an answer that means nothing and bytes known already", vague, cached, "accepted"],
  ["an answer that means nothing and code 19", vague, checked("sdk", 19), "accepted"],
];

for (const [what, first, second, expected] of BROADCASTS) {
  Deno.test(`broadcast() takes ${what} for ${expected}`, async () => {
    await using one = nodeOf({}, first);
    await using two = nodeOf({}, second);
    const { client } = await connected([one.url, two.url], { host: inOrder });
    const outcome = await client.broadcast(BYTES).catch((thrown) => thrown);
    assertEquals(nameOf(outcome), expected, String(outcome));
  });
}

Deno.test("a connection that died after the bytes had left makes a later refusal no refusal", async () => {
  await using nodes = await twins("drop-response");
  const { client } = await connected([nodes.badUrl, nodes.goodUrl], { host: inOrder });
  // Garbage is refused by the second node, and nobody knows what the first made of it.
  const error = await assertRejects(() => client.broadcast(BYTES), PipelineError);
  assertEquals([error.kind, error instanceof ChainRefusal], ["unavailable", false]);
  assert(error.message.includes("Cannot tell what became of the transaction"), error.message);
  assert(error.message.includes(nodes.badUrl), error.message);
});

Deno.test("the account is that of the node which has seen more of it", async () => {
  const { AccountAnswer } = await import("../../src/chain/messages.ts");
  const { encode } = await import("../../src/chain/wire.ts");
  const { recording } = await import("./recordings.ts");
  const accountOf = (sequence: bigint | undefined): Methods => ({
    abci_query: ({ path }) => {
      if (String(path).endsWith("v10.QueryService/GetParams")) {
        return { response: recording("judge-v10", "q_get_params").abci_query_response };
      }
      if (sequence === undefined) return { response: { ...UNKNOWN_PATH, log: "not found" } };
      const value = encode(AccountAnswer, {
        account: { address: WORKER, accountNumber: 7n, sequence },
      });
      return {
        response: { code: 0, codespace: "", log: "", height: "70", value: value.toBase64() },
      };
    },
  });
  await using none = nodeOf({}, accountOf(undefined));
  await using some = nodeOf({}, accountOf(4n));
  await using more = nodeOf({}, accountOf(5n));
  const sequences = async (...urls: string[]) =>
    (await (await connected(urls)).client.account(WORKER))?.sequence;
  assertEquals(await sequences(some.url, more.url), 5n);
  assertEquals(await sequences(more.url, some.url), 5n);
  assertEquals(await sequences(none.url, some.url), 4n);
  assertEquals(await sequences(none.url), undefined);
});

function refuse(data: string): never {
  throw new RpcError(data);
}

function nameOf(outcome: Broadcast | Error): string {
  if (outcome instanceof ChainRefusal) return "thrown";
  if (outcome instanceof Error) return "unknown";
  return outcome.accepted ? "accepted" : outcome.refusal.class;
}
