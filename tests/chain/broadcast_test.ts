import { assertEquals } from "@std/assert";
import type { TestNode } from "./node.ts";
import { connected, inOrder, nodeOf } from "./pool_nodes.ts";

const BYTES = new Uint8Array([1, 2, 3]);

/** A node whose CheckTx answers with this code of the sdk's. */
function answering(code: number): TestNode {
  return nodeOf({}, {
    broadcast_tx_sync: () => ({
      code,
      codespace: "sdk",
      log: `word ${code}`,
      data: "",
      hash: "00",
    }),
  });
}

/** What becomes of a broadcast to nodes that answer like this, in this order. */
async function broadcast(...codes: readonly number[]) {
  await using nodes = new AsyncDisposableStack();
  const asked = codes.map((code) => nodes.use(answering(code)));
  const { client, failed } = await connected(asked.map(({ url }) => url), { host: inOrder });
  const outcome = await client.broadcast(BYTES);
  return {
    answer: outcome.accepted ? 0 : outcome.refusal.code,
    offers: asked.map(({ calls }) => calls.filter((call) => call === "broadcast_tx_sync").length),
    blamed: asked.map(({ url }) => failed().includes(url)),
  };
}

Deno.test("a refusal for good by one node is put to a second, whose word is the last", async () => {
  assertEquals(await broadcast(4, 0, 0), {
    ...{ answer: 0, offers: [1, 1, 0], blamed: [true, false, false] },
  });
  assertEquals(await broadcast(5, 5, 0), {
    ...{ answer: 5, offers: [1, 1, 0], blamed: [false, false, false] },
  });
  assertEquals(await broadcast(30, 13), { answer: 13, offers: [1, 1], blamed: [false, false] });
});

Deno.test("a refusal stands that another try cures, and that of the only node", async () => {
  assertEquals(await broadcast(13, 0), { answer: 13, offers: [1, 0], blamed: [false, false] });
  assertEquals(await broadcast(4), { answer: 4, offers: [1], blamed: [false] });
});
