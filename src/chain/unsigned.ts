import { AuthInfo, PubKey, TxBody, TxRaw } from "./messages.ts";
import type { ChainMessage } from "./payload.ts";
import { encode } from "./wire.ts";

/** cosmos.tx.signing.v1beta1.SignMode: SIGN_MODE_DIRECT. */
const SIGN_DIRECT = 1;

/**
 * The bytes of a transaction to simulate: as it will be sent, with an empty signature of the right
 * length and no fee coin. Gas depends on the size of the bytes and on whether a granter pays.
 */
export function unsignedForSimulation(options: {
  readonly publicKey: Uint8Array;
  readonly sequence: bigint;
  readonly messages: readonly ChainMessage[];
  readonly timeoutHeight: bigint;
  readonly feeGranter?: string;
  readonly memo?: string;
}): Uint8Array<ArrayBuffer> {
  const { publicKey, sequence, messages, timeoutHeight, feeGranter = "", memo = "" } = options;
  const bodyBytes = encode(TxBody, { messages, memo, timeoutHeight });
  const authInfoBytes = encode(AuthInfo, {
    signerInfos: [{
      publicKey: {
        typeUrl: "/cosmos.crypto.secp256k1.PubKey",
        value: encode(PubKey, { key: publicKey }),
      },
      modeInfo: { single: { mode: SIGN_DIRECT } },
      sequence,
    }],
    fee: { amount: [], gasLimit: 0n, payer: "", granter: feeGranter },
  });
  return encode(TxRaw, { bodyBytes, authInfoBytes, signatures: [new Uint8Array(64)] });
}
