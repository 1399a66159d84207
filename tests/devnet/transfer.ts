import { sha256 } from "@cosmjs/crypto";
import type { Devnet } from "../../src/devnet/start.ts";
import { type Json, post } from "./node_calls.ts";
import { sendMessage, signedTx, signer } from "./signing.ts";

export interface Sent {
  readonly bytes: Uint8Array;
  /** Upper-case hex. */
  readonly hash: string;
  /** The node's; rejects when none comes. */
  readonly answer: Promise<Json>;
}

/** Broadcasts a transfer by a new account, the first that the devnet knows. */
export async function sendOne(devnet: Devnet, how = "sync"): Promise<Sent> {
  const from = { ...await signer(1), number: FIRST_NUMBER };
  devnet.fund(from.address, 10n ** 18n);
  const bytes = await signedTx(from, [sendMessage(from, from.address)], { sequence: 0 });
  return {
    bytes,
    hash: sha256(bytes).toHex().toUpperCase(),
    answer: broadcast(devnet, bytes, how),
  };
}

const FIRST_NUMBER = 0;

export async function broadcast(devnet: Devnet, bytes: Uint8Array, how = "sync"): Promise<Json> {
  const params = { tx: bytes.toBase64() };
  const request = { jsonrpc: "2.0", id: 1, method: `broadcast_tx_${how}`, params };
  return await post(devnet.rpcUrl, request);
}

/** Resolves when the mempool holds a transaction; rejects after two seconds without one. */
export async function offered({ chain }: Devnet): Promise<void> {
  for (let waited = 0; chain.mempool.length === 0; waited++) {
    if (waited === 1000) throw new Error("nothing came to the mempool");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
