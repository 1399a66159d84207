import { type Columns, integer, nullable, number, readRow, text } from "./columns.ts";
import type { Database } from "../host/database.ts";

/** How an endpoint has served so far. */
export interface EndpointRecord {
  /** As configured: it may hold an access key. */
  readonly url: string;
  readonly answers: number;
  readonly failures: number;
  /** Failures one after the other since the last answer. */
  readonly streak: number;
  /** Moving average, milliseconds; null before the first answer. */
  readonly latencyMs: number | null;
  readonly lastError: string | null;
  /** Wall clock, epoch milliseconds. */
  readonly lastErrorMs: number | null;
  /** Of its node when last seen. */
  readonly height: bigint | null;
}

const RECORD: Columns<EndpointRecord> = {
  url: text,
  answers: number,
  failures: number,
  streak: number,
  latencyMs: nullable(number),
  lastError: nullable(text),
  lastErrorMs: nullable(number),
  height: nullable(integer),
};

/** The endpoints' part of the ledger; every function is one transaction. */
export function endpoints(database: Database) {
  function endpoints(): readonly EndpointRecord[] {
    return database.all("SELECT * FROM endpoints ORDER BY url")
      .map((row) => readRow(RECORD, row));
  }

  /** Replaces what is remembered of these endpoints; of others it stays. */
  function recordEndpoints(records: readonly EndpointRecord[]): void {
    database.transaction(() => {
      for (const record of records) {
        database.run(
          `INSERT OR REPLACE INTO endpoints
             (url, answers, failures, streak, latency_ms, last_error, last_error_ms, height)
           VALUES (:url, :answers, :failures, :streak, :latencyMs, :lastError, :lastErrorMs,
             :height)`,
          { ...record },
        );
      }
    });
  }

  return { endpoints, recordEndpoints };
}
