import { Secp256k1, sha256 } from "@cosmjs/crypto";
import { addressOf } from "../../src/devnet/address.ts";
import type { AccountSpec, DevnetChain, TopicSpec } from "../../src/devnet/chain.ts";
import {
  AuthInfo,
  emissionsMessages,
  MsgSend,
  PubKey,
  SignDoc,
  TxBody,
  TxRaw,
} from "../../src/devnet/messages.ts";
import type { AnyValue } from "../../src/devnet/wire_kinds.ts";

/** Somebody with a key and money. */
export interface Signer {
  readonly privateKey: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly address: string;
  readonly number: number;
}

export async function signer(number: number): Promise<Signer> {
  const privateKey = new Uint8Array(32).fill(number + 1);
  const { pubkey } = await Secp256k1.makeKeypair(privateKey);
  const publicKey = Secp256k1.compressPubkey(pubkey);
  return { privateKey, publicKey, address: addressOf(publicKey), number };
}

export function accountOf(
  { address, number }: Signer,
  balanceUallo = "1000000000000",
): AccountSpec {
  return { address, number, sequence: 0, balanceUallo };
}

/** A topic with epochs of 20 blocks and windows of 10; the first nonce is 10. */
export function topicSpec(changes: Partial<TopicSpec> = {}): TopicSpec {
  return {
    id: 1,
    metadata: "topic",
    lossMethod: "mse",
    epochLength: 20,
    submissionWindow: 10,
    groundTruthLag: 20,
    arity: "single",
    firstNonce: 10,
    ...changes,
  };
}

export interface SigningOptions {
  readonly sequence: number;
  readonly gasLimit?: number;
  readonly fee?: bigint;
  readonly timeoutHeight?: number;
  readonly memo?: string;
  /** Instead of one coin of uallo. */
  readonly coins?: readonly { readonly denom: string; readonly amount: string }[];
}

export async function signedTx(
  from: Signer,
  messages: readonly AnyValue[],
  options: SigningOptions,
): Promise<Uint8Array> {
  const { sequence, gasLimit = 300_000, timeoutHeight = 0, memo = "" } = options;
  const fee = options.fee ?? BigInt(gasLimit) * 10n;
  const bodyBytes = TxBody.encode({ messages, memo, timeoutHeight: BigInt(timeoutHeight) });
  const authInfoBytes = AuthInfo.encode({
    signerInfos: [{
      publicKey: {
        typeUrl: "/cosmos.crypto.secp256k1.PubKey",
        value: PubKey.encode({ key: from.publicKey }),
      },
      modeInfo: { single: { mode: 1 } },
      sequence: BigInt(sequence),
    }],
    fee: {
      amount: options.coins ?? [{ denom: "uallo", amount: String(fee) }],
      gasLimit: BigInt(gasLimit),
      payer: "",
      granter: "",
    },
  });
  const document = SignDoc.encode({
    bodyBytes,
    authInfoBytes,
    chainId: "allora-devnet-1",
    accountNumber: BigInt(from.number),
  });
  return TxRaw.encode({
    bodyBytes,
    authInfoBytes,
    signatures: [await sign(from.privateKey, document)],
  });
}

export function sendMessage(from: Signer, to: string, uallo = 1n): AnyValue {
  const amount = [{ denom: "uallo", amount: String(uallo) }];
  const value = MsgSend.encode({ fromAddress: from.address, toAddress: to, amount });
  return { typeUrl: "/cosmos.bank.v1beta1.MsgSend", value };
}

export interface Prediction {
  readonly value: string;
  readonly topic?: number;
  readonly values?: readonly { readonly label: string; readonly value: string }[];
  /** What the signature is over, where it is not what is sent. */
  readonly signedValue?: string;
}

/** A worker's payload with its bundle signature. */
export async function payload(
  from: Signer,
  nonce: number,
  { value, topic = 1, values = [], signedValue = value }: Prediction,
  generation: 9 | 10 = 10,
): Promise<AnyValue> {
  const types = emissionsMessages(generation);
  const inference = {
    topicId: BigInt(topic),
    blockHeight: BigInt(nonce),
    inferer: from.address,
    extraData: new Uint8Array(),
    proof: "",
    values,
  };
  const signed = { inference: { ...inference, value: signedValue }, forecast: undefined };
  return {
    typeUrl: `/emissions.v${generation}.InsertWorkerPayloadRequest`,
    value: types.InsertWorkerPayloadRequest.encode({
      sender: from.address,
      workerDataBundle: {
        worker: from.address,
        nonce: { blockHeight: BigInt(nonce) },
        topicId: BigInt(topic),
        inferenceForecastsBundle: { inference: { ...inference, value }, forecast: undefined },
        signature: await sign(from.privateKey, types.ForecastBundle.encode(signed)),
        pubkey: from.publicKey.toHex(),
      },
    }),
  };
}

async function sign(privateKey: Uint8Array, bytes: Uint8Array): Promise<Uint8Array> {
  const signature = await Secp256k1.createSignature(sha256(bytes), privateKey);
  return Uint8Array.from([...signature.r(32), ...signature.s(32)]);
}

/** Makes blocks until the chain stands at `height`. */
export function produceTo(chain: DevnetChain, height: number): void {
  while (chain.height < height) chain.produceBlock();
}
