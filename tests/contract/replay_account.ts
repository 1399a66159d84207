import { AuthInfo, PubKey, SignDoc, TxRaw } from "../../src/devnet/messages.ts";
import { verifySignature } from "../../src/devnet/signature.ts";
import { at, type Recording, text } from "../recordings/recording.ts";

/** The recording with the account's number, which the signature tells where the request does not. */
export function withAccountNumber(recording: Recording, tx: Uint8Array): Recording {
  if (at(recording, "request", "account_number") !== undefined) return recording;
  const { bodyBytes, authInfoBytes, signatures: [signature = new Uint8Array()] } = TxRaw.decode(tx);
  const { signerInfos: [signer] } = AuthInfo.decode(authInfoBytes);
  const { key } = PubKey.decode(signer?.publicKey?.value ?? new Uint8Array());
  const chainId = text(recording, "request", "chain_id") || text(recording, "chain", "chain_id");
  for (let number = 0n; number < 1000n; number++) {
    const signed = SignDoc.encode({ bodyBytes, authInfoBytes, chainId, accountNumber: number });
    if (!verifySignature(key, signed, signature)) continue;
    const request = { ...(recording["request"] as object), account_number: Number(number) };
    return { ...recording, request };
  }
  return recording;
}
