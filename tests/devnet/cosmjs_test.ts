/** CosmJS, which knows nothing of devnets, against one. */
import { assertEquals } from "@std/assert";
import { DirectSecp256k1HdWallet } from "@cosmjs/proto-signing";
import { GasPrice, SigningStargateClient, StargateClient } from "@cosmjs/stargate";
import { startDevnet } from "../../src/devnet/start.ts";

const ADDRESS = "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj";

for (const generation of [9, 10] as const) {
  Deno.test(`CosmJS sends coins over a v${generation} devnet and finds them`, async () => {
    await using devnet = await startDevnet({ generation, speed: 500 });
    const wallet = await DirectSecp256k1HdWallet.generate(12, { prefix: "allo" });
    const [sender] = await wallet.getAccounts();
    devnet.fund(sender!.address, 10n ** 18n);
    const client = await SigningStargateClient.connectWithSigner(devnet.rpcUrl, wallet, {
      gasPrice: GasPrice.fromString("15uallo"),
      broadcastPollIntervalMs: 20,
    });
    const coins = [{ denom: "uallo", amount: "1234" }];
    const sent = await client.sendTokens(sender!.address, ADDRESS, coins, 1.6, "hello");
    assertEquals([sent.code, sent.rawLog], [0, ""]);
    assertEquals((await client.getBalance(ADDRESS, "uallo")).amount, "1234");
    assertEquals((await client.getSequence(sender!.address)).sequence, 1);
    assertEquals((await client.getTx(sent.transactionHash))?.height, sent.height);
    const found = await client.searchTx(`tx.height=${sent.height}`);
    assertEquals(found.map(({ hash }) => hash), [sent.transactionHash]);
    assertEquals((await client.getBlock(sent.height)).txs.length, 1);
    client.disconnect();
  });
}

Deno.test("CosmJS reads everything it knows", async () => {
  await using devnet = await startDevnet({ manual: true });
  devnet.step(4);
  const client = await StargateClient.connect(devnet.rpcUrl);
  assertEquals(await client.getChainId(), "allora-devnet-1");
  assertEquals(await client.getHeight(), 5);
  const comet = client["forceGetCometClient"]();
  assertEquals((await comet.status()).nodeInfo.version, "0.38.15");
  assertEquals((await comet.abciInfo()).lastBlockHeight, 5);
  assertEquals((await comet.block(1)).block.header.lastBlockId, null);
  const { block, blockId } = await comet.block(4);
  assertEquals(block.lastCommit?.height, 3);
  assertEquals((await comet.block(5)).block.header.lastBlockId?.hash, blockId.hash);
  assertEquals((await comet.blockResults(4)).height, 4);
  assertEquals((await comet.commit(4)).commit.height, 4);
  assertEquals((await comet.validators({})).total, 1);
  assertEquals(await comet.health(), null);
  client.disconnect();
});
