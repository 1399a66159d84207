import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { PipelineError } from "../../src/errors.ts";
import { openLedger } from "../../src/ledger/ledger.ts";
import { restoreLedger } from "../../src/ledger/restore.ts";
import { startScript, WORKER } from "./fixture.ts";
import { oldRows, writeOldLedger } from "./old_ledger.ts";

Deno.test("a ledger of version 1 is brought to the newest without losing a row", () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/ledger.db`;
  writeOldLedger(path, 300);
  const before = oldRows(path);
  {
    using ledger = openLedger(path, { nowMs: () => 0 });
    const [newest] = ledger.history(1n, 1);
    assertEquals([newest?.nonce, newest?.feePaidUallo, newest?.rewardUallo], [
      216_000n,
      70n,
      null,
    ]);
    assertEquals(ledger.closedWindows(1n, WORKER, 1000).length, 300);
    assertEquals(ledger.addressOf("00aa"), WORKER);
    assertEquals(ledger.feesSince(0), 300n * 70n);
  }
  assertEquals(oldRows(path), before);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("the ledger from before a migration is kept, and can be put back", async () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/ledger.db`;
  const kept = `${path}.v1`;
  writeOldLedger(path, 300);
  const before = oldRows(path);
  openLedger(path, { nowMs: () => 0 })[Symbol.dispose]();
  assertEquals(oldRows(kept), before);
  assertEquals(Deno.statSync(kept).mode! & 0o777, 0o600);
  assertEquals(namesIn(directory), ["ledger.db", "ledger.db.v1"]);
  openLedger(path, { nowMs: () => 0 })[Symbol.dispose]();
  assertEquals(oldRows(kept), before);

  const { version, rows } = await restoreLedger(kept, `${directory}/again/ledger.db`, {
    nowMs: () => 0,
    lock: () => Promise.resolve({ [Symbol.dispose]() {} }),
  });
  assertEquals([version, rows["submissions"], rows["closed_windows"]], [1, 300, 300]);

  // Gone back and upgraded once more: what is kept is what was there the last time.
  Deno.removeSync(path);
  writeOldLedger(path, 301);
  openLedger(path, { nowMs: () => 0 })[Symbol.dispose]();
  assertEquals(oldRows(kept)["submissions"]?.length, 301);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("where the ledger cannot be kept it is not migrated", () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/ledger.db`;
  writeOldLedger(path, 3);
  Deno.mkdirSync(`${path}.v1`);
  assertThrows(() => openLedger(path, { nowMs: () => 0 }), PipelineError, `Cannot keep ${path}`);
  using sqlite = new DatabaseSync(path, { readOnly: true });
  assertEquals(sqlite.prepare("PRAGMA user_version").get(), { user_version: 1 });
  assertEquals(namesIn(directory), ["ledger.db", "ledger.db.v1"]);
  Deno.removeSync(directory, { recursive: true });
});

Deno.test("a migration killed in the middle leaves version 1 whole", async () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/ledger.db`;
  writeOldLedger(path, 300);
  const before = oldRows(path);
  const child = startScript("migrate_slowly.ts", path);
  await waitUntil(() => size(`${path}-wal`) > 2_000_000);
  child.kill("SIGKILL");
  await child.output();

  {
    using sqlite = new DatabaseSync(path);
    assertEquals(sqlite.prepare("PRAGMA integrity_check").get(), { integrity_check: "ok" });
    assertEquals(sqlite.prepare("PRAGMA user_version").get(), { user_version: 1 });
    const names = sqlite.prepare("SELECT name FROM sqlite_schema ORDER BY name").all();
    assert(!names.some(({ name }) => name === "endpoints" || name === "closed_windows_1"));
  }
  assertEquals(oldRows(path), before);
  openLedger(path, { nowMs: () => 0 })[Symbol.dispose]();
  assertEquals(oldRows(path), before);
  Deno.removeSync(directory, { recursive: true });
});

/** But for the log, which is there while somebody has the ledger open. */
function namesIn(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name)
    .filter((name) => !/-(wal|shm)$/.test(name)).sort();
}

function size(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

async function waitUntil(isTrue: () => boolean): Promise<void> {
  for (let tries = 0; !isTrue(); tries++) {
    assert(tries < 2000, "the child never came so far");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
