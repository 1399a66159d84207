import { boundedText } from "./decimal.ts";
import {
  any,
  anys,
  bool,
  bytes,
  chunks,
  count,
  decimalText,
  int64,
  message,
  messages,
  string,
  uint64,
} from "./wire_kinds.ts";
import { MessageType, type Of } from "./wire.ts";

const bounded = decimalText(boundedText);

// Cosmos SDK (proto/cosmos/tx/v1beta1/tx.proto, bank, crypto)

export const Coin = new MessageType("*types.Coin", { denom: [1, string], amount: [2, string] });
export const PubKey = new MessageType("*secp256k1.PubKey", { key: [1, bytes] });
export const MsgSend = new MessageType("*types.MsgSend", {
  fromAddress: [1, string],
  toAddress: [2, string],
  amount: [3, messages(Coin)],
});
export const TxRaw = new MessageType("*tx.TxRaw", {
  bodyBytes: [1, bytes],
  authInfoBytes: [2, bytes],
  signatures: [3, chunks],
});
export const TxBody = new MessageType("*tx.TxBody", {
  messages: [1, anys],
  memo: [2, string],
  timeoutHeight: [3, uint64],
  extensionOptions: [1023, anys],
  nonCriticalExtensionOptions: [2047, anys],
});
export const Fee = new MessageType("*tx.Fee", {
  amount: [1, messages(Coin)],
  gasLimit: [2, uint64],
  payer: [3, string],
  granter: [4, string],
});
const ModeInfoSingle = new MessageType("*tx.ModeInfo_Single", { mode: [1, count] });
const ModeInfo = new MessageType("*tx.ModeInfo", { single: [1, message(ModeInfoSingle)] });
const SignerInfo = new MessageType("*tx.SignerInfo", {
  publicKey: [1, any],
  modeInfo: [2, message(ModeInfo)],
  sequence: [3, uint64],
});
export const AuthInfo = new MessageType("*tx.AuthInfo", {
  signerInfos: [1, messages(SignerInfo)],
  fee: [2, message(Fee)],
});
export const SignDoc = new MessageType("*tx.SignDoc", {
  bodyBytes: [1, bytes],
  authInfoBytes: [2, bytes],
  chainId: [3, string],
  accountNumber: [4, uint64],
});

// Emissions (x/emissions/proto/emissions/{v3,v9,v10}); the same numbers in each generation

export const Nonce = new MessageType("*v3.Nonce", { blockHeight: [1, int64] });
const RequestNonce = new MessageType("*v3.ReputerRequestNonce", {
  reputerNonce: [1, message(Nonce)],
});

/** The emissions messages that one generation of the module accepts. */
export function emissionsMessages(version: 7 | 9 | 10) {
  const go = (name: string) => `*v${version}.${name}`;
  const LabeledValue = new MessageType(go("InputLabeledValue"), {
    label: [1, string],
    value: [2, bounded],
  });
  const InputInference = new MessageType(go("InputInference"), {
    topicId: [1, uint64],
    blockHeight: [2, int64],
    inferer: [3, string],
    value: [4, bounded],
    extraData: [5, bytes],
    proof: [6, string],
    // 0 is on no wire: before v10 there are no labelled values, and field 7 is unknown
    values: [version === 10 ? 7 : 0, messages(LabeledValue)],
  });
  const ForecastElement = new MessageType(go("InputForecastElement"), {
    inferer: [1, string],
    value: [2, bounded],
  });
  const InputForecast = new MessageType(go("InputForecast"), {
    topicId: [1, uint64],
    blockHeight: [2, int64],
    forecaster: [3, string],
    forecastElements: [4, messages(ForecastElement)],
    extraData: [5, bytes],
  });
  const ForecastBundle = new MessageType(go("InputInferenceForecastBundle"), {
    inference: [1, message(InputInference)],
    forecast: [2, message(InputForecast)],
  });
  const WorkerDataBundle = new MessageType(go("InputWorkerDataBundle"), {
    worker: [1, string],
    nonce: [2, message(Nonce)],
    topicId: [3, uint64],
    inferenceForecastsBundle: [4, message(ForecastBundle)],
    signature: [5, bytes],
    pubkey: [6, string],
  });
  // the reputer's bundle stayed at v9 when the module went to v10
  const reputer = (name: string) => `*v${Math.min(version, 9)}.${name}`;
  const WorkerLoss = new MessageType(reputer("InputWorkerAttributedValue"), {
    worker: [1, string],
    value: [2, bounded],
  });
  const ValueBundle = new MessageType(reputer("InputValueBundle"), {
    topicId: [1, uint64],
    reputerRequestNonce: [2, message(RequestNonce)],
    reputer: [3, string],
    extraData: [4, bytes],
    combinedValue: [5, bounded],
    infererValues: [6, messages(WorkerLoss)],
    forecasterValues: [7, messages(WorkerLoss)],
    naiveValue: [8, bounded],
    oneOutInfererValues: [9, messages(WorkerLoss)],
    oneOutForecasterValues: [10, messages(WorkerLoss)],
    oneInForecasterValues: [11, messages(WorkerLoss)],
  });
  const ReputerValueBundle = new MessageType(reputer("InputReputerValueBundle"), {
    valueBundle: [1, message(ValueBundle)],
    signature: [2, bytes],
    pubkey: [3, string],
  });
  return {
    version,
    ForecastBundle,
    ValueBundle,
    InsertWorkerPayloadRequest: new MessageType(go("InsertWorkerPayloadRequest"), {
      sender: [1, string],
      workerDataBundle: [2, message(WorkerDataBundle)],
    }),
    InsertReputerPayloadRequest: new MessageType(go("InsertReputerPayloadRequest"), {
      sender: [1, string],
      reputerValueBundle: [2, message(ReputerValueBundle)],
    }),
    RegisterRequest: new MessageType(go("RegisterRequest"), {
      sender: [1, string],
      topicId: [4, uint64],
      owner: [5, string],
      isReputer: [6, bool],
    }),
    RemoveRegistrationRequest: new MessageType(go("RemoveRegistrationRequest"), {
      sender: [1, string],
      topicId: [2, uint64],
      isReputer: [3, bool],
    }),
  };
}

export type EmissionsMessages = ReturnType<typeof emissionsMessages>;
export type WorkerPayload = Of<EmissionsMessages["InsertWorkerPayloadRequest"]>;
export type WorkerBundle = NonNullable<WorkerPayload["workerDataBundle"]>;
export type InferenceBundle = NonNullable<WorkerBundle["inferenceForecastsBundle"]>;
export type Inference = NonNullable<InferenceBundle["inference"]>;
export type ReputerPayload = Of<EmissionsMessages["InsertReputerPayloadRequest"]>;

/** A message of a transaction after decoding: what it is and who has to sign it. */
export type TxMessage =
  & { readonly typeUrl: string; readonly sender: string }
  & (
    | { readonly kind: "send"; readonly value: Of<typeof MsgSend> }
    | { readonly kind: "worker"; readonly version: number; readonly value: WorkerPayload }
    | { readonly kind: "reputer"; readonly version: number; readonly value: ReputerPayload }
    | {
      readonly kind: "register";
      readonly version: number;
      readonly value: Of<EmissionsMessages["RegisterRequest"]>;
    }
    | {
      readonly kind: "unregister";
      readonly version: number;
      readonly value: Of<EmissionsMessages["RemoveRegistrationRequest"]>;
    }
    /** Known to the chain's registry but to no message server; `goType` is what it is called. */
    | { readonly kind: "unhandled"; readonly goType: string }
  );
