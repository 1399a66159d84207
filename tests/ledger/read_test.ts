import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { readLedger, tryLedger } from "../../src/ledger/read.ts";
import { MIGRATIONS } from "../../src/ledger/schema.ts";
import { oldRows, writeOldLedger } from "./old_ledger.ts";

const OPTIONS = { nowMs: Date.now, busyMs: 50 };

Deno.test("who only looks, or only tries, leaves an older ledger to the program that wrote it", () => {
  const directory = Deno.makeTempDirSync({ prefix: "allora-ledger-" });
  try {
    const path = `${directory}/ledger.db`;
    writeOldLedger(path, 300);
    const before = oldRows(path);
    using older = new DatabaseSync(path);
    // That one may be writing at the very moment.
    older.exec("BEGIN IMMEDIATE; DELETE FROM submissions");
    {
      using reader = readLedger(path, OPTIONS);
      const [newest] = reader.history(1n, 1);
      assertEquals([newest?.nonce, newest?.feePaidUallo, newest?.fallback], [216_000n, 70n, null]);
      assertEquals([reader.feesSince(0), reader.runs(), reader.openAlerts()], [21_000n, [], []]);
    }
    {
      using tried = tryLedger(path, OPTIONS);
      tried.startRun("submit");
      tried.rememberAddress("00bb", "allo1other");
      assertEquals([tried.runs().length, tried.workers().length], [1, 2]);
    }
    older.exec("ROLLBACK");
    assertEquals(older.prepare("PRAGMA user_version").get(), { user_version: 1 });
    assertEquals(oldRows(path), before);
    assertEquals([...Deno.readDirSync(directory)].filter(({ name }) => !/-(wal|shm)$/.test(name)), [
      { name: "ledger.db", isFile: true, isDirectory: false, isSymlink: false },
    ]);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("what is tried on a ledger of today, or on none yet, lasts", () => {
  const directory = Deno.makeTempDirSync({ prefix: "allora-ledger-" });
  try {
    const path = `${directory}/ledger.db`;
    for (const count of [1, 2]) {
      using ledger = tryLedger(path, OPTIONS);
      ledger.rememberAddress(`0${count}`, `allo1worker${count}`);
    }
    using reader = readLedger(path, OPTIONS);
    assertEquals(reader.workers().length, 2);
    using sqlite = new DatabaseSync(path, { readOnly: true });
    assertEquals(sqlite.prepare("PRAGMA user_version").get(), { user_version: MIGRATIONS.length });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
