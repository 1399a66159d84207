/** Recordings of several calls, and those whose transactions have to be made anew. */
import { assertEquals } from "@std/assert";
import { accountOf, sendMessage, signedTx, signer } from "../devnet/signing.ts";
import { offered } from "../devnet/transfer.ts";
import { at, list, number, type Recording, text, transactionsIn } from "../recordings/recording.ts";
import { comparableBlock } from "./replay_calls.ts";
import { comparable } from "./replay_masks.ts";
import { ask, broadcast, devnetOf } from "./replay_node.ts";

const same = (got: unknown, recorded: unknown, what?: string) =>
  assertEquals(comparable(got), comparable(recorded), what);

/** Two transactions of one account, offered before the first is in a block. */
export async function replayTwoInABlock(recording: Recording): Promise<void> {
  await using devnet = await devnetOf(recording);
  const [first = NO_BYTES, second = NO_BYTES] = transactionsIn(recording);
  same(await broadcast(devnet, first), at(recording, "first"));
  same(await broadcast(devnet, second), at(recording, "second"));
  devnet.step();
  for (const name of ["tx_first", "tx_second"]) {
    const hash = Uint8Array.fromHex(text(recording, name, "result", "hash")).toBase64();
    const found = await ask(devnet, "tx", { hash });
    same(found, at(recording, name));
    assertEquals(text(found, "result", "height"), text(recording, name, "result", "height"));
  }
}

const NO_BYTES = new Uint8Array();

/** The same bytes, again and again. */
export async function replaySameBytes(recording: Recording): Promise<void> {
  await using devnet = await devnetOf(recording);
  const [tx = NO_BYTES] = transactionsIn(recording);
  same(await broadcast(devnet, tx), at(recording, "first"));
  same(await broadcast(devnet, tx), at(recording, "second_immediately"));
  devnet.step();
  const hash = Uint8Array.fromHex(text(recording, "tx", "result", "hash")).toBase64();
  same(await ask(devnet, "tx", { hash }), at(recording, "tx"));
  same(await broadcast(devnet, tx), at(recording, "third_after_commit"));
  for (const how of ["commit", "async"]) {
    const recorded = at(recording, `broadcast_tx_${how}_after_commit`);
    same(await broadcast(devnet, tx, how), recorded, how);
  }
}

/** What runs out of gas in the mempool's check has spent the sequence there, until the next block. */
export async function replayOutOfGas(recording: Recording): Promise<void> {
  const from = await signer(2);
  const spent = text(recording, "retry_immediately", "result", "log");
  const sequence = Number(/got (\d+)/.exec(spent)?.[1]);
  const accounts = [{ ...accountOf(from), sequence }];
  await using devnet = await devnetOf(recording, { accounts });
  const log = text(recording, "first", "result", "log");
  const gasLimit = Number(/gasWanted: (\d+)/.exec(log)?.[1]);
  const send = sendMessage(from, from.address);
  same(
    await broadcast(devnet, await signedTx(from, [send], { sequence, gasLimit })),
    at(recording, "first"),
  );
  const retry = await signedTx(from, [send], { sequence });
  same(await broadcast(devnet, retry), at(recording, "retry_immediately"));
  devnet.step();
  same(await broadcast(devnet, retry), at(recording, "retry_after_next_block"));
}

/** broadcast_tx_commit of a transfer; the file has its answer, not the transfer. */
export async function replayCommit(recording: Recording): Promise<void> {
  const from = await signer(2);
  const recorded = at(recording, "jsonrpc_response");
  const tx = at(recorded, "result", "tx_result");
  const sequence = Number(
    /\/(\d+)$/.exec(text(tx, "events", "0", "attributes", "0", "value"))?.[1],
  );
  const account = { ...accountOf(from), sequence };
  await using devnet = await devnetOf(recording, { accounts: [account] });
  const gasLimit = number(tx, "gas_wanted");
  const spent = list(tx, "events").findLast((event) =>
    text(event, "type") === "coin_spent" && text(event, "attributes", "2", "key") === "msg_index"
  );
  const uallo = BigInt(text(spent, "attributes", "1", "value").replace("uallo", ""));
  const send = sendMessage(from, (await signer(3)).address, uallo);
  const transfer = await signedTx(from, [send], { sequence, gasLimit });
  const answer = broadcast(devnet, transfer, "commit");
  await offered(devnet);
  devnet.step();
  same(await answer, recorded);
}

/** The block of a transaction that another recording of the folder holds. */
export async function replaySubmissionBlock(
  recording: Recording,
  siblings: readonly Recording[],
): Promise<void> {
  const recorded = at(recording, "jsonrpc_response");
  const result = at(recorded, "result", "txs_results", "0");
  const source = siblings.find((each) =>
    JSON.stringify(at(each, "tx", "result", "tx_result")) === JSON.stringify(result)
  );
  if (source === undefined) throw new Error("no recording beside it holds the block's transaction");
  await using devnet = await devnetOf(source);
  for (const tx of transactionsIn(source)) await broadcast(devnet, tx);
  devnet.step();
  const height = text(recorded, "result", "height");
  const got = await ask(devnet, "block_results", { height });
  assertEquals(comparableBlock(got), comparableBlock(recorded));
}
