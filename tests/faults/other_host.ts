import { assertEquals } from "@std/assert";
import { walletFromMnemonic } from "../../src/chain/keys.ts";
import { connect } from "../../src/chain/client.ts";
import { type ChainMessage, payloadMessage, registerMessage } from "../../src/chain/payload.ts";
import { signTransaction } from "../../src/chain/transaction.ts";
import { realHost } from "../../src/host/host.ts";
import type { Practice } from "../cycle/practice.ts";

/** The same wallet on another machine spends a sequence: its message fails, the fee is taken. */
export async function otherHostSends(practice: Practice): Promise<void> {
  const { chain, wallet } = await otherHost(practice);
  const { generation } = chain;
  const code = await include(practice, registerMessage({ generation, wallet, topicId: 1n }));
  assertEquals(code, 8, "registered already");
}

/** The same wallet on another machine submits to the open window first. */
export async function otherHostSubmits(practice: Practice): Promise<void> {
  const { chain, wallet } = await otherHost(practice);
  const { nonce } = await chain.window(1n, wallet.address);
  const code = await include(
    practice,
    await payloadMessage({
      ...{ generation: chain.generation, wallet, topicId: 1n, nonce: nonce! },
      inference: { value: "0.001" },
    }),
  );
  assertEquals(code, 0);
}

async function otherHost({ devnet, run }: Practice) {
  const wallet = await walletFromMnemonic(await run().mnemonic());
  const chain = await connect({ urls: [devnet.rpcUrl], timeoutMs: 5000, host: realHost });
  return { chain, wallet };
}

/** Signs, sends and waits for the block; returns the transaction's code there. */
async function include(practice: Practice, message: ChainMessage): Promise<number> {
  const { chain, wallet } = await otherHost(practice);
  const account = await chain.account(wallet.address);
  const { bytes, hash } = await signTransaction({
    ...{ wallet, chainId: chain.chainId, messages: [message] },
    ...{ accountNumber: account!.number, sequence: account!.sequence },
    ...{ feeUallo: 10_000_000n, gasLimit: 300_000n, timeoutHeight: 0n },
  });
  assertEquals(await chain.broadcast(bytes), { accepted: true });
  practice.devnet.step();
  return (await chain.transaction(hash))!.code;
}
