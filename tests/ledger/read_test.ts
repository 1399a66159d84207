import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { PipelineError } from "../../src/errors.ts";
import { readLedger } from "../../src/ledger/read.ts";
import { MIGRATIONS } from "../../src/ledger/schema.ts";

const OPTIONS = { nowMs: Date.now, busyMs: 50 };

Deno.test("who only looks brings an older ledger up to date, or says in one line that it cannot", () => {
  const directory = Deno.makeTempDirSync({ prefix: "allora-ledger-" });
  try {
    const path = `${directory}/ledger.db`;
    using older = new DatabaseSync(path);
    older.exec("PRAGMA journal_mode = WAL");
    for (const step of MIGRATIONS.slice(0, 2)) older.exec(step);
    older.exec("PRAGMA user_version = 2; INSERT INTO wallets VALUES ('a', 'allo1worker')");

    older.exec("BEGIN IMMEDIATE");
    const refusal = assertThrows(
      () => readLedger(path, OPTIONS),
      PipelineError,
      `Cannot read the ledger: ${path} has schema version 2, not 3, and is not brought up to date: `,
    );
    assertEquals([refusal.kind, refusal.message.includes("\n")], ["retry", false]);
    older.exec("COMMIT");

    using reader = readLedger(path, OPTIONS);
    assertEquals([reader.workers(), reader.runs(), reader.openAlerts()], [["allo1worker"], [], []]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
