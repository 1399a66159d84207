import { assertEquals } from "@std/assert";
import { startDevnet } from "../../src/devnet/start.ts";
import { call, post } from "./node_calls.ts";

const OPENED = "emissions.v10.EventWorkerSubmissionWindowOpened";

Deno.test("block_search finds blocks by what ended them, newest first unless told otherwise", async () => {
  await using devnet = await startDevnet({ manual: true });
  devnet.step(3 * 720);
  const search = async (query: string, more: Record<string, string> = {}) => {
    const { blocks, total_count } = await call(devnet.rpcUrl, "block_search", { query, ...more });
    const heights = blocks.map(({ block }: { block: { header: { height: string } } }) =>
      Number(block.header.height)
    );
    return [heights, total_count];
  };
  const ofTopic = `${OPENED}.topic_id='"1"'`;
  assertEquals(await search(ofTopic), [[1442, 722, 2], "3"]);
  assertEquals(await search(ofTopic, { order_by: "asc" }), [[2, 722, 1442], "3"]);
  assertEquals(await search(ofTopic, { order_by: "asc", per_page: "2", page: "2" }), [[1442], "3"]);
  assertEquals(await search(`${ofTopic} AND block.height > 2 AND block.height < 1442`), [
    [722],
    "1",
  ]);
  assertEquals(await search(`${OPENED}.topic_id='"9"'`), [[], "0"]);
});

Deno.test("conditions on one type of event are met by one event, not by several together", async () => {
  await using devnet = await startDevnet({ manual: true });
  devnet.step(3);
  const count = async (window: string) => {
    const query = `${OPENED}.topic_id='"1"' AND ${OPENED}.window_end_block='"${window}"'`;
    return (await call(devnet.rpcUrl, "block_search", { query })).total_count;
  };
  assertEquals([await count("602"), await count("603")], ["1", "0"]);
});

Deno.test("a node may have lost its old blocks, and not index any", async () => {
  await using devnet = await startDevnet({ manual: true, faults: "pruned:100" });
  devnet.step(750);
  const query = `${OPENED}.topic_id='"1"'`;
  const error = async (method: string, params: unknown) =>
    (await post(devnet.rpcUrl, { jsonrpc: "2.0", id: 1, method, params })).error?.data;
  assertEquals(
    await error("block_results", { height: "2" }),
    "height 2 is not available, lowest height is 652",
  );
  assertEquals(await error("block_results", { height: "652" }), undefined);
  assertEquals((await call(devnet.rpcUrl, "block_search", { query })).total_count, "1");
  const { sync_info } = await call(devnet.rpcUrl, "status");
  assertEquals(sync_info.earliest_block_height, "652");
  devnet.fault("no-block-index");
  assertEquals(await error("block_search", { query }), "block indexing is disabled");
});
