import { assertEquals } from "@std/assert";
import { connect } from "../../src/chain/client.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { HOURLY, openSecondWindow, type Practice, practise } from "./practice.ts";

const FILES = { "1": HOURLY, "3": HOURLY.replace("log-return", "price") };

/** Blocks come only when the test makes one. */
const still: Host = { ...realHost };

/** Transactions of the worker in blocks, and uallo that they cost, from the node's own answers. */
async function paidOnChain(worker: Practice, topicId: bigint) {
  const chain = await connect({ urls: [worker.devnet.rpcUrl], timeoutMs: 5000, host: realHost });
  const [row] = worker.ledger.history(topicId, 1);
  const made = worker.ledger.transactionsOf(row!);
  const receipts = await Promise.all(made.map(({ hash }) => chain.transaction(hash)));
  return receipts.flatMap((receipt) => receipt === undefined ? [] : receipt.feeUallo);
}

/** Both topics' second window is open, and the node has lost what was sent for them: its price has risen. */
async function lostByTheNode(): Promise<Practice> {
  const worker = await practise({ files: FILES });
  await openSecondWindow(worker);
  worker.devnet.fault("lose-broadcast:1");
  await worker.visit({ hurry: AbortSignal.abort(), host: still });
  worker.devnet.upgrade(10);
  worker.devnet.crowd(8);
  return worker;
}

Deno.test("bytes that were given up and land by another node are paid for instead of new ones, not beside them", async () => {
  await using worker = await lostByTheNode();
  const [old] = worker.ledger.pendingTransactions(worker.address);
  const { settings } = worker;
  // The other topic has its turn first.
  const topics = [...settings.topics].sort((one) => one.topicId === old!.topicId ? 1 : -1);
  const turned = { ...settings, topics };
  await worker.visit({ hurry: AbortSignal.abort(), host: still, settings: turned });
  // Another node has kept the old bytes, and the price has fallen again.
  worker.devnet.upgrade(10);
  worker.devnet.step(60);
  const chain = await connect({ urls: [worker.devnet.rpcUrl], timeoutMs: 5000, host: realHost });
  await chain.broadcast(old!.bytes);
  worker.devnet.step();
  for (let visits = 0; visits < 4; visits++) await worker.visit();
  for (const topicId of [1n, 3n]) {
    assertEquals((await paidOnChain(worker, topicId)).length, 1, `topic ${topicId}`);
    assertEquals(worker.ledger.history(topicId, 1)[0]?.state, "confirmed");
  }
});
