import { type EncodeObject, Registry } from "@cosmjs/proto-signing";
import { SigningStargateClient } from "@cosmjs/stargate";
import { PipelineError } from "../errors.ts";
import type { Wallet } from "./keys.ts";
import { TxRaw } from "./messages.ts";
import type { ChainMessage } from "./payload.ts";
import { encode } from "./wire.ts";

export { unsignedForSimulation } from "./unsigned.ts";

/** A transaction ready to send: its bytes and the hash that finds it, known before it leaves. */
export interface SignedTransaction {
  readonly bytes: Uint8Array;
  /** SHA-256 in upper-case hexadecimal. */
  readonly hash: string;
}

/** Signs for SIGN_MODE_DIRECT. Equal arguments give equal bytes, so a lost transaction is made anew. */
export async function signTransaction(options: {
  readonly wallet: Wallet;
  readonly chainId: string;
  readonly accountNumber: bigint;
  readonly sequence: bigint;
  readonly messages: readonly ChainMessage[];
  readonly feeUallo: bigint;
  readonly gasLimit: bigint;
  /** Who pays the fee instead, by a grant. */
  readonly feeGranter?: string;
  /** Last block that may include it; 0 for no limit. */
  readonly timeoutHeight: bigint;
  readonly memo?: string;
}): Promise<SignedTransaction> {
  const { wallet, chainId, messages, feeGranter } = options;
  const client = await SigningStargateClient.offline(wallet, { registry: new EncodedMessages() });
  const fee = {
    amount: [{ denom: "uallo", amount: String(options.feeUallo) }],
    gas: String(options.gasLimit),
    ...(feeGranter === undefined ? {} : { granter: feeGranter }),
  };
  const signerData = {
    chainId,
    accountNumber: safeNumber(options.accountNumber, "account number"),
    sequence: safeNumber(options.sequence, "sequence"),
  };
  const signed = await client.sign(
    wallet.address,
    messages,
    fee,
    options.memo ?? "",
    signerData,
    options.timeoutHeight,
  );
  const bytes = encode(TxRaw, signed);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { bytes, hash: digest.toHex().toUpperCase() };
}

/** Our messages come encoded: their bytes are handed through, whatever their type. */
class EncodedMessages extends Registry {
  override encode(message: EncodeObject): Uint8Array {
    return message.value instanceof Uint8Array ? message.value : super.encode(message);
  }
}

function safeNumber(value: bigint, what: string): number {
  if (value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new PipelineError("internal", `Cannot sign: the ${what} is ${value}, no safe integer`);
  }
  return Number(value);
}
