import { transactionDecoder, type Transaction } from "../../src/devnet/transaction.ts";
import { MessageType } from "../../src/devnet/wire.ts";
import { bytes, chunks, message } from "../../src/devnet/wire_kinds.ts";

/** A recording as it was read: JSON nobody has checked. */
export type Recording = Readonly<Record<string, unknown>>;

/** The value at a path of keys, undefined where there is none. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === "object" && inner !== null
        ? Object.entries(inner).find(([name]) => name === key)?.[1]
        : undefined,
    value,
  );
}

export function text(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === "string" || typeof found === "number" ? String(found) : "";
}

export function number(value: unknown, ...path: readonly string[]): number {
  return Number(text(value, ...path) || 0);
}

export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function base64(value: unknown, ...path: readonly string[]): Uint8Array {
  return Uint8Array.fromBase64(text(value, ...path));
}

export function generationOf(recording: Recording): 9 | 10 {
  const name = text(recording, "chain", "generation");
  if (name === "emissions.v9") return 9;
  if (name === "emissions.v10") return 10;
  throw new TypeError(`Cannot replay ${text(recording, "case")}: its generation is ${name}`);
}

const Tx = new MessageType("*tx.Tx", {
  bodyBytes: [1, bytes],
  authInfoBytes: [2, bytes],
  signatures: [3, chunks],
});
const GetTxResponse = new MessageType("*tx.GetTxResponse", { tx: [1, message(Tx)] });
const TxRaw = new MessageType("*tx.TxRaw", {
  bodyBytes: [1, bytes],
  authInfoBytes: [2, bytes],
  signatures: [3, chunks],
});

/** Every transaction a recording holds, in the order it was sent. */
export function transactionsIn(recording: Recording): readonly Uint8Array[] {
  const found = [
    at(recording, "request", "tx_base64"),
    at(recording, "tx_base64"),
    at(recording, "tx_first", "result", "tx"),
    at(recording, "tx_second", "result", "tx"),
  ].flatMap((one) => typeof one === "string" ? [Uint8Array.fromBase64(one)] : []);
  if (found.length > 0 || !text(recording, "description").includes("GetTx")) return found;
  const { tx } = GetTxResponse.decode(base64(recording, "abci_query_response", "value"));
  return tx === undefined ? [] : [TxRaw.encode(tx)];
}

/** The transaction as the devnet reads it; undefined when it refuses to. */
export function decoded(generation: 9 | 10, tx: Uint8Array): Transaction | undefined {
  try {
    return transactionDecoder(generation)(tx);
  } catch {
    return undefined;
  }
}

/** A log without what no two nodes share: gas, and the words of a Go stack. */
export function masked(log: string): string {
  return log
    .replace(/(gas|gasUsed): \d+/g, "$1: N")
    .replace(/gas used: '\d+'/g, "gas used: 'N'")
    .replace(/0x[0-9a-f]+/g, "0x")
    .replace(/goroutine \d+/g, "goroutine N");
}
