import type { SQLOutputValue } from "node:sqlite";
import { PipelineError } from "../errors.ts";
import type { Row } from "../host/database.ts";

/** Reads one column, or returns undefined when the stored value has another type. */
type Reader<T> = (value: SQLOutputValue) => T | undefined;

/** How each property of T is read from the column of the same name in snake_case. */
export type Columns<T> = { readonly [K in keyof T]: Reader<T[K]> };

export const text: Reader<string> = (value) => typeof value === "string" ? value : undefined;

/** Heights, nonces, gas: INTEGER. */
export const integer: Reader<bigint> = (value) => typeof value === "bigint" ? value : undefined;

/** Prices (REAL) and milliseconds (INTEGER). */
export const number: Reader<number> = (value) =>
  typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;

export const flag: Reader<boolean> = (value) =>
  value === 0n || value === 1n ? value === 1n : undefined;

/** An amount: decimal TEXT. */
export const uallo: Reader<bigint> = (value) =>
  typeof value === "string" && /^\d+$/.test(value) ? BigInt(value) : undefined;

export const bytes: Reader<Uint8Array> = (value) => value instanceof Uint8Array ? value : undefined;

/** One of a fixed set of words. */
export function word<T extends string>(...words: readonly T[]): Reader<T> {
  return (value) => words.find((each) => each === value);
}

export function nullable<T>(reader: Reader<T>): Reader<T | null> {
  return (value) => value === null ? null : reader(value);
}

/** A row as the object that `columns` describes; throws "internal" naming a column that is not. */
export function readRow<T>(columns: Columns<T>, row: Row): T {
  const result: Partial<T> = {};
  for (const key in columns) {
    const name = key.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
    const value = columns[key](row[name] ?? null);
    if (value === undefined) {
      throw new PipelineError(
        "internal",
        `Cannot read the ledger: column ${name} is ${String(row[name])}`,
        { hint: "the file was edited by hand or is damaged: restore it, or move it away" },
      );
    }
    result[key] = value;
  }
  return result as T;
}
