import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { PipelineError } from "../../src/errors.ts";
import { openLedger } from "../../src/ledger/ledger.ts";
import { planFor, withLedger } from "./fixture.ts";

const OPTIONS = { nowMs: () => 0 };

function refusalOf(work: () => unknown): PipelineError {
  return assertThrows(work, PipelineError);
}

function withDirectory(test: (directory: string) => void): void {
  const directory = Deno.makeTempDirSync();
  try {
    test(directory);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

Deno.test("openLedger() makes its directory 0700 and its file 0600", () => {
  withLedger((_ledger, _clock, path) => {
    const mode = (file: string) => (Deno.statSync(file).mode ?? 0) & 0o777;
    assertEquals(mode(path), 0o600);
    assertEquals(mode(`${path}-wal`), 0o600);
    assertEquals(mode(path.replace("/ledger.db", "")), 0o700);
  });
});

Deno.test("openLedger() refuses what is not a ledger, each with one line and its exit code", () => {
  withDirectory((directory) => {
    const path = (name: string) => `${directory}/${name}`;
    openLedger(path("real.db"), OPTIONS)[Symbol.dispose]();
    Deno.symlinkSync(path("real.db"), path("link.db"));
    Deno.mkdirSync(path("directory.db"));
    Deno.writeTextFileSync(path("text.db"), "this is no database at all, but a line of text\n");
    Deno.writeTextFileSync(path("file"), "");
    using newer = new DatabaseSync(path("newer.db"));
    newer.exec("PRAGMA user_version = 99");
    using foreign = new DatabaseSync(path("foreign.db"));
    foreign.exec("CREATE TABLE notes (text TEXT)");
    const cases: readonly (readonly [name: string, code: number, text: string])[] = [
      ["link.db", 78, "is a symlink"],
      ["directory.db", 78, "is not a file"],
      ["file/ledger.db", 78, "cannot be made"],
      ["newer.db", 78, "has schema version 99, newer than 3"],
      ["foreign.db", 78, "is the database of another program"],
      ["text.db", 70, "file is not a database"],
    ];
    for (const [name, code, text] of cases) {
      const refusal = refusalOf(() => openLedger(path(name), OPTIONS));
      assertStringIncludes(refusal.message, text);
      assertStringIncludes(refusal.message, path(name));
      assertEquals([refusal.exitCode, refusal.message.includes("\n")], [code, false], name);
      assert(refusal.hint, name);
    }
    assertEquals(foreign.prepare("SELECT count(*) AS n FROM notes").get(), { n: 0 });
  });
});

Deno.test("a ledger whose pages were overwritten is damaged, not empty", () => {
  withDirectory((directory) => {
    const path = `${directory}/ledger.db`;
    {
      using ledger = openLedger(path, OPTIONS);
      for (let nonce = 1n; nonce <= 300n; nonce++) {
        ledger.plan(planFor({ topicId: 1n, nonce, worker: "allo1worker" }));
      }
    }
    const bytes = Deno.readFileSync(path);
    Deno.writeFileSync(path, bytes.fill(0xa5, 4096));
    const refusal = refusalOf(() => {
      using ledger = openLedger(path, OPTIONS);
      ledger.history(1n, 300);
    });
    assertEquals(refusal.exitCode, 70);
    assertStringIncludes(refusal.hint ?? "", "move the file away");
  });
});

Deno.test("a ledger held by another process for too long is tried again on the next visit", () => {
  withDirectory((directory) => {
    const path = `${directory}/ledger.db`;
    using ledger = openLedger(path, { ...OPTIONS, busyMs: 150 });
    using holder = new DatabaseSync(path);
    holder.exec("BEGIN IMMEDIATE");
    const startMs = performance.now();
    assertEquals(refusalOf(() => ledger.plan(planFor())).exitCode, 75);
    assert(performance.now() - startMs >= 100, "it waited before it gave up");
    holder.exec("ROLLBACK");
    assert(ledger.plan(planFor()));
  });
});

Deno.test("a column that was edited by hand is named", () => {
  withLedger((ledger, _clock, path) => {
    ledger.plan(planFor());
    using editor = new DatabaseSync(path);
    editor.exec(`UPDATE submissions SET labels = '{"up": 1}'`);
    assertStringIncludes(
      refusalOf(() => ledger.unsettled("allo1worker")).message,
      `column labels is {"up": 1}`,
    );
  });
});

Deno.test("openLedger() where it may not write is denied", () => {
  // Not even root may make files in sysfs.
  const refusal = refusalOf(() => openLedger("/sys/ledger.db", OPTIONS));
  assertEquals(refusal.exitCode, 77);
  assertStringIncludes(refusal.message, "Cannot open the ledger: /sys/ledger.db");
});
