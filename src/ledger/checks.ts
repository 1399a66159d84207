import type { Database } from "../host/database.ts";
import { type Columns, integer, nullable, number, readRow, text, word } from "./columns.ts";

/** How one thing looked when health last looked at it. */
export interface CheckRecord {
  readonly id: string;
  readonly topicId: bigint | null;
  readonly subject: string | null;
  readonly status: "OK" | "WARNING" | "UNKNOWN" | "CRITICAL";
  /** Wall clock, epoch milliseconds. */
  readonly checkedMs: number;
}

/** What is written down of a check. */
export interface Checked {
  readonly id: string;
  readonly topicId?: bigint;
  readonly subject?: string;
  readonly status: CheckRecord["status"];
}

const RECORD: Columns<CheckRecord> = {
  id: text,
  topicId: nullable(integer),
  subject: nullable(text),
  status: word("OK", "WARNING", "UNKNOWN", "CRITICAL"),
  checkedMs: number,
};

/** The checks' part of the ledger; every function is one transaction. */
export function checks(database: Database, nowMs: () => number) {
  function checks(): readonly CheckRecord[] {
    return database.all("SELECT * FROM checks ORDER BY id, topic_id, subject")
      .map((row) => readRow(RECORD, row));
  }

  /** Replaces all that is remembered by what was looked at now. */
  function recordChecks(results: readonly Checked[]): void {
    database.transaction(() => {
      database.run("DELETE FROM checks");
      for (const { id, topicId = null, subject = null, status } of results) {
        database.run("INSERT INTO checks VALUES (:id, :topicId, :subject, :status, :now)", {
          ...{ id, topicId, subject, status, now: nowMs() },
        });
      }
    });
  }

  return { checks, recordChecks };
}
