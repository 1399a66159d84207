import { assertEquals } from "@std/assert";
import { connect } from "../../src/chain/client.ts";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { patience } from "./node.ts";

for (const generation of [9, 10] as const) {
  Deno.test(`a chain of v${generation} tells which topics there are, and which are active`, async () => {
    const topics = defaultTopics(generation).slice(0, 3).map((topic) => ({
      ...topic,
      active: topic.id !== 2,
    }));
    await using devnet = await startDevnet({ generation, topics, manual: true });
    const chain = await connect({ urls: [devnet.rpcUrl], ...patience });
    assertEquals(await chain.nextTopicId(), 4n);
    const active = await Promise.all([1n, 2n, 3n].map((id) => chain.isTopicActive(id)));
    assertEquals(active, [true, false, true]);
    assertEquals(await chain.isTopicActive(99n), false);
  });
}
