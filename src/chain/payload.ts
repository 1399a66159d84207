import { PipelineError } from "../errors.ts";
import { canonicalDecimal } from "./decimal.ts";
import { payloadTypeUrl, registerTypeUrl } from "./generation.ts";
import type { Wallet } from "./keys.ts";
import {
  InputInferenceForecastBundle,
  InsertWorkerPayloadRequest,
  RegisterRequest,
} from "./messages.ts";
import { encode } from "./wire.ts";

/** A message of a transaction, encoded. */
export interface ChainMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** One number for a SINGLE topic, or one per label for a MULTI topic; decimal texts. */
export type Inference =
  | { readonly value: string }
  | { readonly values: readonly { readonly label: string; readonly value: string }[] };

/** The first generation with labels: older ones refuse the field. */
const FIRST_WITH_LABELS = 10;

/**
 * The worker's payload for one window. The bundle is signed on its own: SHA-256 of its bytes, which
 * the chain writes anew from what it decoded, so every decimal goes out in the chain's own text
 * (chain: x/emissions/types/validations.go). `nonce` is the height that the chain chose.
 *
 * @throws PipelineError "invalid" for a value that the chain cannot hold, "config" for labels on a
 * chain older than v10.
 */
export async function payloadMessage(options: {
  readonly generation: number;
  readonly wallet: Wallet;
  readonly topicId: bigint;
  readonly nonce: bigint;
  readonly inference: Inference;
}): Promise<ChainMessage> {
  const { generation, wallet, topicId, nonce, inference } = options;
  const labels = "values" in inference ? inference.values : [];
  if ("values" in inference && generation < FIRST_WITH_LABELS) {
    throw new PipelineError(
      "config",
      `Cannot submit labels to topic ${topicId}: the chain is of generation v${generation}, labels need v10`,
    );
  }
  const bundle = {
    inference: {
      topicId,
      blockHeight: nonce,
      inferer: wallet.address,
      // A MULTI topic ignores it, but the chain always writes it into the bytes that it verifies.
      value: canonicalDecimal("value" in inference ? inference.value : "0"),
      extraData: new Uint8Array(),
      proof: "",
      values: labels.map(({ label, value }) => ({ label, value: canonicalDecimal(value) })),
    },
  };
  const signed = encode(InputInferenceForecastBundle, bundle);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", signed));
  const value = encode(InsertWorkerPayloadRequest, {
    sender: wallet.address,
    workerDataBundle: {
      worker: wallet.address,
      nonce: { blockHeight: nonce },
      topicId,
      bundle,
      bundleSignature: await wallet.signDigest(digest),
      pubkey: wallet.publicKey.toHex(),
    },
  });
  return { typeUrl: payloadTypeUrl(generation), value };
}

/** Registers the wallet as a worker of the topic; rewards go to the wallet itself. */
export function registerMessage(options: {
  readonly generation: number;
  readonly wallet: Pick<Wallet, "address">;
  readonly topicId: bigint;
}): ChainMessage {
  const { generation, wallet: { address }, topicId } = options;
  const value = encode(RegisterRequest, { sender: address, topicId, owner: address });
  return { typeUrl: registerTypeUrl(generation), value };
}
