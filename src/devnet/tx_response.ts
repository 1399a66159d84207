import type { Event, IncludedTx } from "./chain_types.ts";
import type { Execution } from "./execute.ts";
import { AuthInfo, TxBody, TxRaw } from "./messages.ts";
import { MessageType } from "./wire.ts";
import {
  any,
  anys,
  type AnyValue,
  bool,
  bytes,
  chunks,
  count,
  embedded,
  message,
  messages,
  string,
  uint64,
} from "./wire_kinds.ts";

const Attribute = new MessageType("*types.EventAttribute", {
  key: [1, string],
  value: [2, string],
  index: [3, bool],
});
const EventMessage = new MessageType("*types.Event", {
  type: [1, string],
  attributes: [2, messages(Attribute)],
});
const TxMsgData = new MessageType("*types.TxMsgData", { msgResponses: [2, anys] });
const GasInfo = new MessageType("*types.GasInfo", { gasWanted: [1, uint64], gasUsed: [2, uint64] });
const Result = new MessageType("*types.Result", {
  data: [1, bytes],
  log: [2, string],
  events: [3, messages(EventMessage)],
  msgResponses: [4, anys],
});
export const SimulateResponse = new MessageType("*tx.SimulateResponse", {
  gasInfo: [1, message(GasInfo)],
  result: [2, message(Result)],
});
const TxResponse = new MessageType("*types.TxResponse", {
  height: [1, count],
  txhash: [2, string],
  codespace: [3, string],
  code: [4, count],
  data: [5, string],
  rawLog: [6, string],
  gasWanted: [9, count],
  gasUsed: [10, count],
  tx: [11, any],
  timestamp: [12, string],
  events: [13, messages(EventMessage)],
});
const Tx = new MessageType("*tx.Tx", {
  body: [1, message(TxBody)],
  authInfo: [2, message(AuthInfo)],
  signatures: [3, chunks],
});
export const GetTxResponse = new MessageType("*tx.GetTxResponse", {
  tx: [1, message(Tx)],
  txResponse: [2, embedded(TxResponse)],
});

/** What a transaction's result carries as data: the answers of its messages. */
export function txData(responses: readonly AnyValue[]): Uint8Array {
  return TxMsgData.encode({ msgResponses: responses });
}

/** The node's gas limit in a simulation: none. */
const NO_LIMIT = 2n ** 64n - 1n;

/** cosmos.tx.v1beta1.SimulateResponse; events of a simulation are not indexed. */
export function simulateResponse({ events, responses }: Execution, gasUsed: number): Uint8Array {
  return SimulateResponse.encode({
    gasInfo: { gasWanted: NO_LIMIT, gasUsed: BigInt(gasUsed) },
    result: {
      data: new Uint8Array(),
      log: "",
      events: unindexed(events),
      msgResponses: responses,
    },
  });
}

function unindexed(events: readonly Event[]) {
  return events.map(({ type, attributes }) => ({
    type,
    attributes: attributes.map((one) => ({ ...one, index: false })),
  }));
}

/** cosmos.tx.v1beta1.GetTxResponse. `timeMs`: of the block. */
export function getTxResponse(included: IncludedTx, timeMs: number): Uint8Array {
  const { result } = included;
  const raw = TxRaw.decode(included.tx);
  const tx = {
    body: TxBody.decode(raw.bodyBytes),
    authInfo: AuthInfo.decode(raw.authInfoBytes),
    signatures: raw.signatures,
  };
  return GetTxResponse.encode({
    tx,
    txResponse: {
      height: included.height,
      txhash: included.hash,
      codespace: result.codespace,
      code: result.code,
      data: result.data.toHex().toUpperCase(),
      rawLog: result.log,
      gasWanted: result.gasWanted,
      gasUsed: result.gasUsed,
      tx: { typeUrl: "/cosmos.tx.v1beta1.Tx", value: Tx.encode(tx) },
      timestamp: new Date(timeMs).toISOString().replace(/\.\d+Z$/, "Z"),
      events: result.events.map(({ type, attributes }) => ({ type, attributes: [...attributes] })),
    },
  });
}
