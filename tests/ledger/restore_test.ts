import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { lockWallets } from "../../src/commands/ledger/lock_wallets.ts";
import { PipelineError } from "../../src/errors.ts";
import { tryLock } from "../../src/host/file_lock.ts";
import { realHost } from "../../src/host/host.ts";
import { runMain } from "../commands/run_main.ts";
import { WORKER } from "./fixture.ts";
import { writeOldLedger } from "./old_ledger.ts";
import { fill, windowsIn, withStateDir } from "./state_dir.ts";

const filesOf = (cwd: string) =>
  [...Deno.readDirSync(`${cwd}/data`)].map(({ name }) => name).sort();
const KEPT = /^ledger\.db\.before-restore-\d{8}-\d{6}$/;

Deno.test("ledger restore puts the backup in place and keeps what was there, log and all", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 3);
    assertEquals((await runMain(["ledger", "backup", "copy.db"], { cwd })).code, 0);
    fill(ledger, 8);
    // A reader that has it open, without any lock, keeps the log from being folded in.
    using reader = new DatabaseSync(ledger);
    const count = () => reader.prepare("SELECT count(*) AS n FROM submissions").get();
    assertEquals(count(), { n: 8 });
    const { code, stdout, stderr } = await runMain(["ledger", "restore", "copy.db", "--json"], {
      cwd,
    });
    assertEquals([code, stderr], [0, ""]);
    const { kept, tables } = JSON.parse(stdout);
    assertEquals([tables.submissions, count()], [3, { n: 3 }]);
    reader.close();
    assertEquals(windowsIn(ledger), 3);
    assertEquals(filesOf(cwd).filter((name) => !KEPT.test(name)), [
      `${WORKER}.lock`,
      "ledger.db",
    ]);
    assertEquals([Deno.statSync(kept).mode! & 0o777, windowsIn(kept)], [0o600, 8]);
    assertEquals(Deno.statSync(ledger).mode! & 0o777, 0o600);
  });
});

Deno.test("ledger restore into an empty state directory, of an older schema", async () => {
  await withStateDir(async (cwd, ledger) => {
    writeOldLedger(`${cwd}/old.db`, 7);
    const { code, stdout } = await runMain(["ledger", "restore", "old.db"], { cwd });
    assertEquals(code, 0);
    assertStringIncludes(stdout, "7 submissions");
    assertEquals([windowsIn(ledger), filesOf(cwd)], [7, [`${WORKER}.lock`, "ledger.db"]]);
    using old = new DatabaseSync(`${cwd}/old.db`);
    assertEquals(old.prepare("PRAGMA user_version").get(), { user_version: 1 });
  });
});

Deno.test("ledger restore refuses what is no whole ledger, and changes nothing", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 40);
    const bytes = Deno.readFileSync(ledger);
    Deno.writeFileSync(`${cwd}/damaged.db`, bytes.slice().fill(0xa5, 8192));
    Deno.writeFileSync(`${cwd}/cut.db`, bytes.slice(0, 20_480));
    Deno.writeTextFileSync(`${cwd}/text.db`, "no database\n".repeat(100));
    Deno.writeTextFileSync(`${cwd}/empty.db`, "");
    for (
      const [name, sql] of [["newer", "PRAGMA user_version = 4"], ["other", "DROP TABLE windows"]]
    ) {
      Deno.writeFileSync(`${cwd}/${name}.db`, bytes);
      using sqlite = new DatabaseSync(`${cwd}/${name}.db`);
      sqlite.exec(sql!);
    }
    const cases: readonly (readonly [file: string, code: number, says: string])[] = [
      ["damaged.db", 65, "damaged.db"],
      ["cut.db", 65, "cut.db"],
      ["text.db", 65, "file is not a database"],
      ["empty.db", 65, "is empty"],
      ["newer.db", 78, "has schema version 4, newer than 3"],
      ["other.db", 78, "another program"],
      ["missing.db", 78, "is not there"],
      ["data", 78, "is not a file"],
      ["data/ledger.db", 78, "is the ledger itself"],
    ];
    for (const [file, expected, says] of cases) {
      const { code, stdout, stderr } = await runMain(["ledger", "restore", file], { cwd });
      assertEquals([code, stdout], [expected, ""], `${file}: ${stderr}`);
      assertStringIncludes(stderr, says);
      assert(!/\n\s+at /.test(stderr), stderr);
    }
    assertEquals([Deno.readFileSync(ledger), filesOf(cwd)], [bytes, ["ledger.db"]]);
  });
});

Deno.test("ledger restore over a ledger that is no database any more puts that aside", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 3);
    assertEquals((await runMain(["ledger", "backup", "copy.db"], { cwd })).code, 0);
    fill(ledger, 40);
    for (const from of [0, 8192]) {
      const ruin = Deno.readFileSync(ledger).fill(0xa5, from);
      Deno.writeFileSync(ledger, ruin);
      Deno.writeTextFileSync(`${ledger}-wal`, "stale");
      const { code, stdout, stderr } = await runMain(["ledger", "restore", "copy.db", "--json"], {
        cwd,
      });
      assertEquals([code, stderr, windowsIn(ledger)], [0, "", 3]);
      const { kept } = JSON.parse(stdout);
      assertEquals(Deno.readFileSync(kept), ruin);
      assertEquals(filesOf(cwd).includes("ledger.db-wal"), false);
      fill(ledger, 40);
    }
  });
});

Deno.test("ledger restore waits for every wallet of the state directory", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 3);
    assertEquals((await runMain(["ledger", "backup", "copy.db"], { cwd })).code, 0);
    fill(ledger, 8);
    for (const wallet of [WORKER, "allo1unknown"]) {
      const lock = tryLock(`${cwd}/data/${wallet}.lock`);
      assert(!("heldBy" in lock));
      const restoring = runMain(["ledger", "restore", "copy.db"], { cwd });
      await new Promise((resolve) => setTimeout(resolve, 2500));
      assertEquals(windowsIn(ledger), 8);
      lock[Symbol.dispose]();
      const { code, stderr } = await restoring;
      assertEquals([code, windowsIn(ledger)], [0, 3]);
      assertStringIncludes(stderr, `held by pid ${Deno.pid}`);
      fill(ledger, 8);
    }
  });
});

Deno.test("lockWallets() gives up after 30 s, naming who holds the wallet, and holds none", async () => {
  await withStateDir(async (cwd) => {
    const held = tryLock(`${cwd}/b.lock`);
    assert(!("heldBy" in held));
    using _held = held;
    let nowMs = 0;
    const said: string[] = [];
    const host = { ...realHost, nowMs: () => nowMs, sleep: (ms: number) => pass(nowMs += ms) };
    const refusal = await assertRejects(
      () => lockWallets(cwd, ["a"], { host, err: (text) => said.push(text) }),
      PipelineError,
      `b.lock is held by pid ${Deno.pid}`,
    );
    assertEquals([refusal.exitCode, nowMs, said.length], [75, 30_000, 1]);
    const free = tryLock(`${cwd}/a.lock`);
    assert(!("heldBy" in free));
    free[Symbol.dispose]();
  });
});

const pass = (_ms: number) => Promise.resolve();

Deno.test("ledger restore gives up when another process keeps writing, and changes nothing", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 3);
    assertEquals((await runMain(["ledger", "backup", "copy.db"], { cwd })).code, 0);
    fill(ledger, 8);
    using writer = new DatabaseSync(ledger);
    writer.exec("BEGIN IMMEDIATE");
    const { code, stderr } = await runMain(["ledger", "restore", "copy.db"], { cwd });
    writer.exec("ROLLBACK");
    assertEquals([code, windowsIn(ledger)], [75, 8]);
    assertStringIncludes(stderr, "is locked");
    assertEquals(filesOf(cwd).filter((name) => KEPT.test(name) || name.startsWith(".new-")), []);
  });
});
