import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect, type ConnectOptions } from "../../src/chain/client.ts";
import { PipelineError } from "../../src/errors.ts";
import { patience, recordedNode, serve, serveRaw, status, UNKNOWN_PATH } from "./node.ts";
import { GENERATIONS, recording } from "./recordings.ts";

const WORKER = "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj";

const to = (urls: readonly string[], more: Partial<ConnectOptions> = {}) =>
  connect({ ...patience, urls, ...more });

for (const [folder, generation] of GENERATIONS) {
  Deno.test(`connect() finds chain and generation of ${folder} by asking`, async () => {
    await using node = recordedNode(folder);
    const client = await to([node.url], { expectChainId: "allora-devnet-1" });
    assertEquals([client.chainId, client.url, client.generation], [
      "allora-devnet-1",
      node.url,
      generation,
    ]);
    const probes = [10, 9, 7].map((g) => `/emissions.v${g}.QueryService/GetParams`);
    assertEquals(node.calls, ["status", ...probes.slice(0, [10, 9, 7].indexOf(generation) + 1)]);
  });
}

Deno.test("connect() takes the first node that is on the chain, follows it and answers", async () => {
  await using proxy = serveRaw(() => new Response("<html>", { status: 502 }));
  await using syncing = serve({ status: () => status({ catching_up: true }) });
  await using other = serve({ status: () => status({ network: "allora-mainnet-1" }) });
  await using good = recordedNode("judge-v9");
  const urls = [proxy.url, syncing.url, other.url, good.url];
  const client = await to(urls, { expectChainId: "allora-devnet-1" });
  assertEquals(client.url, good.url);
});

Deno.test("connect() names both chain ids when the only node is of another chain", async () => {
  await using other = serve({ status: () => status({ network: "allora-mainnet-1" }) });
  await using proxy = serveRaw(() => new Response("", { status: 502 }));
  const error = await assertRejects(
    () => to([proxy.url, other.url], { expectChainId: "allora-testnet-1" }),
    PipelineError,
    "serves chain allora-mainnet-1, expected allora-testnet-1",
  );
  assertEquals(error.kind, "config");
});

Deno.test("connect() gives every node's reason when none can be used", async () => {
  await using proxy = serveRaw(() => new Response("", { status: 502 }));
  await using syncing = serve({ status: () => status({ catching_up: true }) });
  const error = await assertRejects(() => to([proxy.url, syncing.url]), PipelineError);
  assertEquals(error.kind, "unavailable");
  assert(/HTTP 502.*; .*still catching up/.test(error.message), error.message);
  await assertRejects(() => to([]), PipelineError, "no endpoint is set");
});

Deno.test("connect() says to upgrade when a node serves only generations unknown to it", async () => {
  await using node = serve({
    status: () => status(),
    abci_query: () => ({ response: UNKNOWN_PATH }),
  });
  const error = await assertRejects(
    () => to([node.url]),
    PipelineError,
    "none of emissions v10, v9, v7",
  );
  assertEquals(error.kind, "internal");
  assert(error.hint?.includes("newest release"));
});

/** A node that is upgraded from v9 to v10 when `upgrade` is called. */
function upgrading() {
  let generation = 9;
  const answers = (path: string) => {
    if (!path.startsWith(`/emissions.v${generation}.`)) return UNKNOWN_PATH;
    const folder = generation === 9 ? "judge-v9" : "judge-v10";
    const name = path.endsWith("GetParams") ? "q_get_params" : "q_get_topic";
    return recording(folder, name).abci_query_response;
  };
  const node = serve({
    status: () => status(),
    abci_query: ({ path }) => ({ response: answers(String(path)) }),
    broadcast_tx_sync: () =>
      recording("judge-v10", "b_other_generation_v9").broadcast_tx_sync?.result,
  });
  return { node, upgrade: () => void (generation = 10) };
}

Deno.test("a query in the old form after an upgrade is asked again in the new one", async () => {
  const { node, upgrade } = upgrading();
  await using _ = node;
  const told: unknown[] = [];
  const client = await to([node.url], { tell: (event, fields) => told.push([event, fields]) });
  assertEquals(client.generation, 9);
  upgrade();
  assertEquals((await client.topic(1n))?.metadata, "single");
  assertEquals((await client.topic(1n))?.metadata, "single");
  assertEquals(client.generation, 10);
  assertEquals(told, [["chain.upgraded", { generation: 10, before: 9 }]]);
});

Deno.test("connect() is not misled by an upgrade between its two questions for the generation", async () => {
  let generation = 9;
  await using node = serve({
    status: () => status(),
    abci_query: ({ path }) => {
      const isServed = String(path).startsWith(`/emissions.v${generation}.`);
      generation = 10;
      const response = isServed
        ? recording("judge-v10", "q_get_params").abci_query_response
        : UNKNOWN_PATH;
      return { response };
    },
  });
  assertEquals((await to([node.url])).generation, 10);
});

Deno.test("a payload in the old form after an upgrade waits for the next visit", async () => {
  const { node, upgrade } = upgrading();
  await using _ = node;
  const client = await to([node.url]);
  const before = await client.broadcast(new Uint8Array([1]));
  assertEquals(before.accepted || before.refusal.class, "fatal");
  upgrade();
  const after = await client.broadcast(new Uint8Array([1]));
  assertEquals(after.accepted || [after.refusal.class, after.refusal.kind], ["wait", "retry"]);
  assertEquals(client.generation, 10);
});

Deno.test("a method that a node lacks is asked for in no endless circle", async () => {
  await using node = recordedNode("judge-v10");
  const client = await to([node.url]);
  await assertRejects(() => client.scoreAt(55n, 1n, WORKER), PipelineError, "unknown query path");
  assertEquals(node.calls.length < 8, true);
});

Deno.test("src/chain/client.ts loads no CosmJS", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", "src/chain/client.ts"],
    cwd: new URL("../../", import.meta.url),
    env: { DENO_NO_UPDATE_CHECK: "1" },
    stderr: "null",
  }).output();
  const graph: { modules: { specifier: string; error?: string }[] } = JSON.parse(
    new TextDecoder().decode(stdout),
  );
  const modules = graph.modules.map(({ specifier }) => specifier);
  assert(modules.some((specifier) => specifier.endsWith("/src/chain/client.ts")));
  assertEquals(
    modules.filter((specifier) => /cosmjs|keys\.ts|transaction\.ts/.test(specifier)),
    [],
  );
});
