import { assertEquals, assertRejects } from "@std/assert";
import { opensWindow, windowsOpened } from "../../src/chain/block_results.ts";
import { Queries } from "../../src/chain/query.ts";
import { settlementOf } from "../../src/chain/rewards.ts";
import { RpcClient } from "../../src/chain/rpc.ts";
import { PipelineError } from "../../src/errors.ts";
import { type Methods, patience, RpcError, serve } from "./node.ts";
import { type Folder, recording } from "./recordings.ts";

const WORKER = "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj";

interface RecordedEvent {
  readonly height: number;
  readonly type: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Every event of an epoch of the recorded chain, by block. */
function roundOf(round: number): ReadonlyMap<number, readonly RecordedEvent[]> {
  const { events } = recording("judge-v10", `a_events_epoch_round${round}`) as {
    events?: readonly RecordedEvent[];
  };
  return Map.groupBy(events ?? [], ({ height }) => height);
}

function blockOf(events: readonly RecordedEvent[], height: number) {
  return {
    height: String(height),
    txs_results: null,
    finalize_block_events: events.map(({ type, attributes }) => ({
      type,
      attributes: Object.entries(attributes).map(([key, value]) => ({ key, value, index: true })),
    })),
  };
}

async function asked<T>(methods: Methods, ask: (queries: Queries) => Promise<T>): Promise<T> {
  await using node = serve(methods);
  return await ask(new Queries(new RpcClient(node.url, patience), { generation: 10 }));
}

/** A node that indexes blocks and has those of the recorded epochs. */
function indexed(
  change = (event: RecordedEvent) => event,
): { methods: Methods; queries: string[] } {
  const blocks = new Map([0, 1, 2].flatMap((round) => [...roundOf(round)]));
  const queries: string[] = [];
  return {
    queries,
    methods: {
      block_search: ({ query }) => {
        queries.push(String(query));
        const [, nonce] = /block_height='"(\d+)"'/.exec(String(query)) ?? [];
        const height = String(Number(nonce) + 40);
        return { blocks: [{ block_id: {}, block: { header: { height } } }], total_count: "1" };
      },
      block_results: ({ height }) =>
        blockOf((blocks.get(Number(height)) ?? []).map(change), Number(height)),
    },
  };
}

const epoch = (nonce: bigint, address = WORKER) => ({ topicId: 1n, nonce, address });

Deno.test("a recorded epoch's reward is read from the block that scored it, its fraction dropped", async () => {
  const { methods, queries } = indexed();
  const read = (nonce: bigint, address?: string) =>
    asked(methods, (node) => settlementOf(node, epoch(nonce, address), 300n));
  assertEquals(await read(83n), {
    height: 123n,
    rewardUallo: 4512704689550698n,
    emaScore: "0.01000000000000000000000000000000000",
  });
  assertEquals((await read(143n))?.rewardUallo, 4548063412232791n);
  assertEquals((await read(203n))?.rewardUallo, 4527799462147731n);
  assertEquals((await read(203n, "allo1nobody"))?.rewardUallo, 0n);
  assertEquals(
    queries[0],
    `emissions.v10.EventScoresSet.block_height='"83"' AND emissions.v10.EventScoresSet.topic_id='"1"'`,
  );
});

Deno.test("rewards that name the nonce instead of their block are found too", async () => {
  const { methods } = indexed((event) =>
    event.type.endsWith("RewardsSettled")
      ? { ...event, attributes: { ...event.attributes, block_height: '"83"' } }
      : event
  );
  const found = await asked(methods, (node) => settlementOf(node, epoch(83n), 300n));
  assertEquals(found?.rewardUallo, 4512704689550698n);
});

Deno.test("the rewards of another epoch or topic are nobody's", async () => {
  const { methods } = indexed();
  const ask = (key: ReturnType<typeof epoch>) =>
    asked({
      ...methods,
      block_search: () => ({ blocks: [{ block: { header: { height: "123" } } }] }),
    }, (node) => settlementOf(node, key, 300n));
  assertEquals(await ask(epoch(103n)), undefined);
  assertEquals(await ask({ ...epoch(83n), topicId: 2n }), undefined);
});

for (const folder of ["judge-v9", "judge-v10"] as const satisfies readonly Folder[]) {
  Deno.test(`the recorded block that opened a window says so (${folder})`, async () => {
    const name = "a_block_results_window_open_block";
    const { height, jsonrpc_response } = recording(folder, name) as {
      height?: number;
      jsonrpc_response?: { readonly result: unknown };
    };
    const methods = { block_results: () => jsonrpc_response?.result };
    const ask = (topicId: bigint) =>
      asked(methods, (node) => opensWindow(node, topicId, BigInt(height!)));
    assertEquals([await ask(1n), await ask(99n)], [true, false]);
  });
}

Deno.test("what a node has dropped is unknown, and what it does not index is none", async () => {
  const refuse = (data: string) => () => {
    throw new RpcError(data);
  };
  for (
    const words of [
      "height 5 is not available, lowest height is 90",
      "could not find results for height #5",
      "node is not persisting finalize block responses",
    ]
  ) {
    const opens = asked(
      { block_results: refuse(words) },
      (node) => opensWindow(node, 1n, 5n),
    );
    assertEquals(await opens, undefined);
  }
  const search = { block_search: refuse("block indexing is disabled") };
  assertEquals(await asked(search, (node) => windowsOpened(node, 1n, 5n, 90n)), []);
  const broken = { block_search: refuse("database is closed") };
  await assertRejects(
    () => asked(broken, (node) => windowsOpened(node, 1n, 5n, 90n)),
    PipelineError,
    "database is closed",
  );
});

Deno.test("an answer of another block, or of another shape, names the node", async () => {
  const other = { block_results: () => blockOf([], 6) };
  await assertRejects(
    () => asked(other, (node) => opensWindow(node, 1n, 5n)),
    PipelineError,
    "asked for block 5 it gives 6",
  );
  const { methods } = indexed((event) => ({ ...event, attributes: { topic_id: "null" } }));
  await assertRejects(
    () => asked(methods, (node) => settlementOf(node, epoch(83n), 300n)),
    PipelineError,
    "expected a number in quotes",
  );
});
