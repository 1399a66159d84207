import { assert, assertEquals } from "@std/assert";
import { DevnetChain } from "../../src/devnet/chain.ts";
import { at, list, number, text, transactionsIn } from "../recordings/recording.ts";
import { stateOf } from "../recordings/state_of.ts";
import {
  accountOf,
  sendMessage,
  signedTx,
  signer,
  type SigningOptions,
  topicSpec,
} from "./signing.ts";

const recorded = (name: string) =>
  JSON.parse(
    Deno.readTextFileSync(new URL(`../recordings/judge-v10/${name}.json`, import.meta.url)),
  );

async function fundedChain(changes: { readonly gasPrice?: string } = {}) {
  const [alice, bob] = [await signer(2), await signer(3)];
  const chain = new DevnetChain({
    chainId: "allora-devnet-1",
    generation: 10,
    blockMs: 5000,
    startMs: 0,
    startHeight: 5,
    topics: [topicSpec()],
    accounts: [accountOf(alice), accountOf(bob, "0")],
    ...changes,
  });
  const balance = (address: string) => {
    const request = Uint8Array.from([
      ...[10, 43, ...new TextEncoder().encode(address)],
      ...[18, 5, ...new TextEncoder().encode("uallo")],
    ]);
    const value = chain.query("/cosmos.bank.v1beta1.Query/Balance", request).value;
    return BigInt(new TextDecoder().decode(value).match(/\d+$/)?.[0] ?? "0");
  };
  return { chain, alice, bob, balance };
}

Deno.test("two transactions of one account go into one block, as recorded", () => {
  const recording = recorded("a_two_txs_same_block");
  const chain = new DevnetChain(stateOf(recording));
  const txs = transactionsIn(recording);
  assertEquals(txs.map((tx) => chain.checkTx(tx).code), [0, 0]);
  const block = chain.produceBlock();
  assertEquals(block.height, number(recording, "tx_first", "result", "height"));
  assertEquals(block.results.map(({ code }) => code), [0, 0]);
});

Deno.test("bytes the mempool has seen are refused, before and after they are committed", () => {
  const recording = recorded("b_same_bytes_twice");
  const chain = new DevnetChain(stateOf(recording));
  const [tx = new Uint8Array()] = transactionsIn(recording);
  assertEquals(chain.checkTx(tx).code, 0);
  const error = at(recording, "second_immediately", "error");
  const refusal = { kind: "error", ...(error as object) };
  assertEquals(chain.checkTx(tx), refusal);
  assertEquals(chain.produceBlock().results.map(({ code }) => code), [0]);
  assertEquals(chain.checkTx(tx), refusal);
});

Deno.test("what is no transaction is refused as recorded", async () => {
  const { chain } = await fundedChain();
  const outcome = (tx: Uint8Array) => {
    const checked = chain.checkTx(tx);
    return checked.kind === "result" ? [checked.code, checked.codespace, checked.log] : [];
  };
  const wanted = (name: string) => {
    const result = at(recorded(name), "jsonrpc_response", "result");
    return [number(result, "code"), text(result, "codespace"), text(result, "log")];
  };
  assertEquals(outcome(new Uint8Array()), wanted("b_empty_tx"));
  assertEquals(outcome(Uint8Array.from([0, 1, 2, 3])), wanted("b_garbage_bytes"));
});

Deno.test("a payment fails in the block, keeps its whole fee and moves nothing", async () => {
  const { chain, alice, bob, balance } = await fundedChain();
  const before = balance(alice.address);
  const good = sendMessage(alice, bob.address, 7n);
  const bad = sendMessage(alice, bob.address, before);
  chain.checkTx(await signedTx(alice, [good, bad], { sequence: 0, fee: 9_000_000n }));
  const [result] = chain.produceBlock().results;
  assertEquals([result?.code, result?.codespace], [5, "sdk"]);
  assertEquals(balance(bob.address), 0n);
  assertEquals(balance(alice.address), before - 9_000_000n);
});

Deno.test("a transaction that failed in a block may be offered again and then has an old sequence", async () => {
  const { chain, alice, bob, balance } = await fundedChain();
  const tx = await signedTx(alice, [sendMessage(alice, bob.address, balance(alice.address))], {
    sequence: 0,
  });
  assertEquals(chain.checkTx(tx).code, 0);
  assertEquals(chain.produceBlock().results[0]?.code, 5);
  assertEquals(chain.checkTx(tx).code, 32);
});

Deno.test("out of gas in a message takes the fee and names where", async () => {
  const { chain, alice, bob } = await fundedChain();
  const tx = await signedTx(alice, [sendMessage(alice, bob.address)], {
    sequence: 0,
    gasLimit: 105_000,
  });
  assertEquals(chain.checkTx(tx).code, 0);
  const [result] = chain.produceBlock().results;
  assertEquals(result?.code, 11);
  assert(result?.log.startsWith("out of gas in location: "));
  assertEquals(list(result, "events").length > 0, true);
});

Deno.test("blocks above the target raise the gas price, and an old offer is refused until it falls", async () => {
  const { chain, alice, bob } = await fundedChain();
  const price = () => chain.query("/feemarket.feemarket.v1.Query/State", new Uint8Array()).value;
  const floor = price();
  for (let sequence = 0; sequence < 240; sequence++) {
    const tx = await signedTx(alice, [sendMessage(alice, bob.address)], { sequence });
    assertEquals(chain.checkTx(tx).code, 0);
  }
  chain.produceBlock();
  const tx = await signedTx(alice, [sendMessage(alice, bob.address)], { sequence: 240 });
  const refused = chain.checkTx(tx);
  assertEquals(refused.code, 13);
  for (let block = 0; block < 3; block++) chain.produceBlock();
  assertEquals(price(), floor);
  assertEquals(chain.checkTx(tx).code, 0);
});

Deno.test("fees in another coin or in several, a long memo and a stranger's key are refused", async () => {
  const { chain, alice, bob } = await fundedChain();
  const message = sendMessage(alice, bob.address);
  const outcome = async (options: Partial<SigningOptions>, from = alice) => {
    const checked = chain.checkTx(await signedTx(from, [message], { sequence: 0, ...options }));
    return checked.kind === "result" ? [checked.codespace, checked.code, checked.log] : [];
  };
  const coin = (denom: string) => ({ denom, amount: "3000000" });
  assertEquals(await outcome({ coins: [coin("foo")] }), [
    "undefined",
    1,
    "unable to get min gas price for denom foo: error resolving denom: " +
    "the only denom supported is uallo",
  ]);
  assertEquals(await outcome({ coins: [coin("foo"), coin("uallo")] }), [
    "feemarket",
    2,
    "got length 2: too many fee coins provided. Only one fee coin may be provided",
  ]);
  assertEquals(await outcome({ memo: "m".repeat(257) }), [
    "sdk",
    12,
    "maximum number of characters is 256 but received 257 characters: memo too large",
  ]);
  assertEquals((await outcome({}, { ...bob, address: alice.address })).slice(0, 2), ["sdk", 8]);
});

Deno.test("money from the faucet is there for the next check", async () => {
  const { chain, alice, bob } = await fundedChain();
  const tx = await signedTx(bob, [sendMessage(bob, alice.address)], { sequence: 0 });
  assertEquals(chain.checkTx(tx).code, 5);
  chain.fund(bob.address, 10_000_000n);
  assertEquals(chain.checkTx(tx).code, 0);
});
