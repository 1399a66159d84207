import { addressOf, Bech32Error, decodeAddress } from "./address.ts";
import { ChainError, SDK } from "./chain_error.ts";
import {
  AuthInfo,
  emissionsMessages,
  Fee,
  MsgSend,
  PubKey,
  TxBody,
  type TxMessage,
  TxRaw,
} from "./messages.ts";
import { rejectNonAdr027, rejectUnknownFields } from "./unknown_fields.ts";
import { type Fields, type MessageType, type Of, type Shape, WireError } from "./wire.ts";
import type { AnyValue } from "./wire_kinds.ts";

/** A decoded transaction; `signers[i]` belongs to `signerInfos[i]`, the first one pays. */
export interface Transaction {
  readonly bytes: Uint8Array;
  readonly raw: Of<typeof TxRaw>;
  readonly body: Of<typeof TxBody>;
  readonly signerInfos: Of<typeof AuthInfo>["signerInfos"];
  readonly fee: Of<typeof Fee>;
  readonly messages: readonly TxMessage[];
  readonly signers: readonly string[];
  readonly feePayer: string;
}

const POSITION = "cosmos/cosmos-sdk@v0.50.11/x/auth/tx/decoder.go:49";
const NO_FEE: Of<typeof Fee> = { amount: [], gasLimit: 0n, payer: "", granter: "" };

/** Decodes transactions as a chain of one emissions generation does; made once per chain. */
export function transactionDecoder(generation: 9 | 10): (bytes: Uint8Array) => Transaction {
  const types = messageTypes(generation);
  const resolve = (typeUrl: string) => typeOf(types, typeUrl);
  return (bytes) => {
    try {
      return decodeTransaction(bytes, types, resolve);
    } catch (error) {
      if (error instanceof ChainError) throw error;
      if (!(error instanceof WireError || error instanceof Bech32Error)) throw error;
      throw SDK.txDecode.wrap(error.message, POSITION);
    }
  };
}

type Known =
  | { readonly type: MessageType<Shape>; readonly decode: (any: AnyValue) => TxMessage }
  | { readonly goType: string };

/** The messages the chain's registry knows; v7 is there because v9 and v10 chains still serve it. */
function messageTypes(generation: 9 | 10): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  const serve = <S extends Shape>(
    url: string,
    type: MessageType<S>,
    make: (value: Fields<S>, typeUrl: string) => TxMessage,
  ) => known.set(url, { type, decode: (any) => make(type.decode(any.value), url) });
  serve("/cosmos.bank.v1beta1.MsgSend", MsgSend, (value, typeUrl) => (
    { kind: "send", typeUrl, sender: value.fromAddress, value }
  ));
  for (const version of [7, generation] as const) {
    const of = emissionsMessages(version);
    const url = (name: string) => `/emissions.v${version}.${name}Request`;
    serve(url("InsertWorkerPayload"), of.InsertWorkerPayloadRequest, (value, typeUrl) => (
      { kind: "worker", typeUrl, sender: value.sender, version, value }
    ));
    serve(url("InsertReputerPayload"), of.InsertReputerPayloadRequest, (value, typeUrl) => (
      { kind: "reputer", typeUrl, sender: value.sender, version, value }
    ));
    serve(url("Register"), of.RegisterRequest, (value, typeUrl) => (
      { kind: "register", typeUrl, sender: value.sender, version, value }
    ));
    serve(url("RemoveRegistration"), of.RemoveRegistrationRequest, (value, typeUrl) => (
      { kind: "unregister", typeUrl, sender: value.sender, version, value }
    ));
  }
  for (
    const name of ["InsertWorkerPayload", "InsertReputerPayload", "Register", "RemoveRegistration"]
  ) {
    known.set(`/emissions.v3.Msg${name}`, { goType: `*emissionsv3.Msg${name}` });
    for (const old of [4, 5, 6]) {
      known.set(`/emissions.v${old}.${name}Request`, {
        goType: `*emissionsv${old}.${name}Request`,
      });
    }
  }
  return known;
}

/** What is known by `typeUrl`; the oldest generation is registered without its nested types. */
function typeOf(types: ReadonlyMap<string, Known>, typeUrl: string): Known {
  const known = types.get(typeUrl);
  if (known !== undefined) return known;
  if (typeUrl === "/emissions.v2.MsgInsertWorkerPayload") {
    throw new WireError('failed to retrieve the message of type "emissions.v2.WorkerDataBundle"');
  }
  throw new WireError(`unable to resolve type URL ${typeUrl}`);
}

function decodeTransaction(
  bytes: Uint8Array,
  types: ReadonlyMap<string, Known>,
  resolve: (typeUrl: string) => Known,
): Transaction {
  rejectNonAdr027(bytes);
  rejectUnknownFields(TxRaw, bytes, lookup);
  const raw = TxRaw.decode(bytes);
  rejectUnknownFields(TxBody, raw.bodyBytes, lookup, "allow non-critical");
  rejectUnknownFields(AuthInfo, raw.authInfoBytes, lookup);
  const body = TxBody.decode(raw.bodyBytes);
  const authInfo = AuthInfo.decode(raw.authInfoBytes);
  const messages = body.messages.map((any) => decodeMessage(any, types));
  const fee = authInfo.fee ?? NO_FEE;
  const signers = [
    ...new Set([...messages.map(({ sender }) => sender), ...(fee.payer === "" ? [] : [fee.payer])]),
  ];
  for (const signer of signers) if (signer !== "") decodeAddress(signer);
  const feePayer = fee.payer === "" ? signers[0] ?? "" : fee.payer;
  return { bytes, raw, body, signerInfos: authInfo.signerInfos, fee, messages, signers, feePayer };

  function lookup(typeUrl: string): MessageType<Shape> | undefined {
    if (typeUrl === "/cosmos.crypto.secp256k1.PubKey") return PubKey;
    const known = resolve(typeUrl);
    return "type" in known ? known.type : undefined;
  }
}

function decodeMessage(any: AnyValue, types: ReadonlyMap<string, Known>): TxMessage {
  const known = typeOf(types, any.typeUrl);
  if ("type" in known) return known.decode(any);
  return { kind: "unhandled", typeUrl: any.typeUrl, sender: "", goType: known.goType };
}

/** The key a signer sent along, with its address; undefined when none was sent. */
export function publicKeyOf(
  info: Transaction["signerInfos"][number] | undefined,
): { readonly key: Uint8Array; readonly address: string } | undefined {
  if (info?.publicKey === undefined) return undefined;
  const { key } = PubKey.decode(info.publicKey.value);
  return { key, address: addressOf(key) };
}
