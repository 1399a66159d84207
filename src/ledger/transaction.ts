import {
  bytes,
  type Columns,
  integer,
  nullable,
  number,
  readRow,
  text,
  uallo,
  word,
} from "./columns.ts";
import type { Row } from "../host/database.ts";
import type { Nullable, SubmissionKey } from "./submission.ts";

/** A signed transaction, before it is sent. */
export interface SignedTransaction extends SubmissionKey {
  /** A registration belongs to no window: its nonce is 0. */
  readonly kind: "payload" | "register";
  readonly bytes: Uint8Array;
  /** Upper-case hex SHA-256 of the bytes. */
  readonly hash: string;
  readonly sequence: bigint;
  readonly accountNumber: bigint;
  readonly feeUallo: bigint;
  readonly gasLimit: bigint;
  readonly timeoutHeight: bigint;
}

/** What a block says of a transaction; null where the node did not tell. */
export interface BlockResult {
  readonly height: bigint | null;
  readonly gasUsed: bigint | null;
  readonly feePaidUallo: bigint | null;
}

/** Why the chain said no: the pair that classifies it, and its words. */
export interface Rejection {
  readonly code: number;
  readonly codespace: string;
  readonly log: string;
}

/** rejected: by CheckTx (height null, free of cost) or in a block (paid for). */
export type TransactionState = "signed" | "sent" | "confirmed" | "rejected" | "expired";

export interface Transaction extends SignedTransaction, BlockResult, Nullable<Rejection> {
  readonly state: TransactionState;
  readonly createdMs: number;
  readonly updatedMs: number;
}

const COLUMNS: Columns<Transaction> = {
  kind: word("payload", "register"),
  topicId: integer,
  nonce: integer,
  worker: text,
  bytes,
  hash: text,
  sequence: integer,
  accountNumber: integer,
  feeUallo: uallo,
  gasLimit: integer,
  timeoutHeight: integer,
  state: word("signed", "sent", "confirmed", "rejected", "expired"),
  code: nullable(number),
  codespace: nullable(text),
  log: nullable(text),
  height: nullable(integer),
  gasUsed: nullable(integer),
  feePaidUallo: nullable(uallo),
  createdMs: number,
  updatedMs: number,
};

export function readTransaction(row: Row): Transaction {
  return readRow(COLUMNS, row);
}
