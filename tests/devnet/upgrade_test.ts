import { assert, assertEquals } from "@std/assert";
import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { call } from "./node_calls.ts";
import { sendMessage, signedTx, signer } from "./signing.ts";
import { broadcast, sendOne } from "./transfer.ts";

const paramsOf = async ({ rpcUrl }: Devnet, generation: number) => {
  const path = `/emissions.v${generation}.QueryService/GetParams`;
  return (await call(rpcUrl, "abci_query", { path, data: "" })).response.code;
};

Deno.test("upgrade(): the new generation answers for the state of the old one, the mempool is empty", async () => {
  await using devnet = await startDevnet({ manual: true, generation: 9 });
  const { answer } = await sendOne(devnet);
  await answer;
  assertEquals([await paramsOf(devnet, 9), await paramsOf(devnet, 10)], [0, 6]);
  const { height } = devnet.chain;
  devnet.upgrade(10);
  assertEquals([await paramsOf(devnet, 9), await paramsOf(devnet, 10)], [6, 0]);
  assertEquals([devnet.chain.mempool.length, devnet.chain.height], [0, height]);
  const events = Array.from({ length: 800 }, () => {
    devnet.step();
    return devnet.chain.block(devnet.chain.height)!.events;
  }).flat();
  assert(events.some(({ type }) => type === "emissions.v10.EventWorkerSubmissionWindowOpened"));
  assertEquals(events.filter(({ type }) => type.startsWith("emissions.v9.")), []);
});

Deno.test("crowd(): a full block has no room, and the price rises by an eighth", async () => {
  await using devnet = await startDevnet({ manual: true });
  const { hash, answer } = await sendOne(devnet);
  await answer;
  devnet.crowd(1);
  const { result } = devnet.chain.tx(hash)!;
  assertEquals([result.codespace, result.code], ["undefined", 1]);
  assert(result.log.includes("unable to update fee market state"), result.log);
  const from = { ...await signer(1), number: 0 };
  const poor = await signedTx(from, [sendMessage(from, from.address)], { sequence: 1 });
  const refused = await broadcast(devnet, poor);
  assertEquals([refused.result.codespace, refused.result.code], ["sdk", 13]);
});

Deno.test("raiseGas(): what was enough in a simulation runs out of gas in a block", async () => {
  await using devnet = await startDevnet({ manual: true });
  const { hash, answer } = await sendOne(devnet);
  assertEquals((await answer).result.code, 0);
  devnet.raiseGas(300_000);
  devnet.step();
  const { result } = devnet.chain.tx(hash)!;
  assertEquals([result.codespace, result.code], ["sdk", 11]);
});
