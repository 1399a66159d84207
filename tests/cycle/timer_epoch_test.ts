import { assertEquals } from "@std/assert";
import { warnOfShortEpochs } from "../../src/cycle/timer_epoch.ts";
import { practise } from "./practice.ts";

Deno.test("a topic whose epochs are too short for the timer is told once a day", async () => {
  await using worker = await practise({ chainId: "allora-testnet-1", isTrained: false });
  const { ledger, told, settings } = worker;
  let nowMs = Date.now();
  const { host } = worker.run();
  const run = worker.run({ host: { ...host, nowMs: () => nowMs } });
  const look = (blockMs: number) => {
    // Two stretches of blocks, so that the pace is believed.
    for (const height of [1000n, 1060n, 1120n, 1180n]) {
      const seenMs = Number(height) * blockMs;
      ledger.recordWindow({
        ...{ topicId: 1n, seenHeight: height, seenMs, headMs: seenMs },
        ...{ nonce: 1000n, closes: 1100n, nextOpens: 1060n },
      });
    }
    told.length = 0;
    warnOfShortEpochs(run, settings.topics);
    return told.map(({ event, fields }) => [event, fields["topic"], fields["minutes"]]);
  };
  assertEquals(look(20_000), []);
  assertEquals(look(5000), [["topic.epoch_short", 1n, 5]]);
  assertEquals(look(5000), []);
  nowMs += 25 * 3_600_000;
  assertEquals(look(5000).length, 1);
});
