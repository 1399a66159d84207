import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openLedger } from "../../src/ledger/ledger.ts";
import { startMain } from "../commands/run_main.ts";
import { writeOldLedger } from "./old_ledger.ts";
import { withStateDir } from "./state_dir.ts";

const [FEW, MANY] = [3000, 6000];

/** How far a restore has come, by what can be seen of it in the state directory. */
const STAGES: Readonly<Record<string, (names: readonly string[], log: number) => boolean>> = {
  "the copy is being made": (names) => names.some((name) => name.startsWith(".new-")),
  "the old one is kept": (names) => names.some((name) => name.includes(".before-restore-")),
  "the new content is being written": (_names, log) => log > 100_000,
  "more of it is": (_names, log) => log > 1_500_000,
};

Deno.test("a restore killed at any moment leaves the old or the new ledger whole", async () => {
  await withStateDir(async (cwd, ledger) => {
    Deno.mkdirSync(`${cwd}/data`);
    for (const [name, windows] of [["few", FEW], ["many", MANY]] as const) {
      writeOldLedger(`${cwd}/${name}.db`, windows);
    }
    writeOldLedger(ledger, FEW);
    let there: number = FEW;
    const found: string[] = [];
    const moments = [
      ...Object.values(STAGES),
      ...Array.from({ length: 6 }, () => STAGES["the old one is kept"]!),
    ];
    for (const [round, isReached] of moments.entries()) {
      const other = there === FEW ? MANY : FEW;
      const child = startMain(["ledger", "restore", other === FEW ? "few.db" : "many.db"], { cwd });
      const done = child.output();
      while (!isReached(namesIn(cwd), sizeOf(`${ledger}-wal`))) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      if (round >= Object.keys(STAGES).length) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 120));
      }
      kill(child);
      await done;
      const now = wholeLedger(ledger);
      assert(now === there || now === other, `${now} windows, neither ${there} nor ${other}`);
      found.push(now === there ? "old" : "new");
      there = now;
      for (const name of namesIn(cwd)) {
        if (!/^ledger\.db(-wal|-shm)?$/.test(name)) Deno.removeSync(`${cwd}/data/${name}`);
      }
    }
    assert(found.includes("old"), "no restore was killed before its end");
  });
});

Deno.test("a restore over a ruin killed at its last step leaves the ruin or the new ledger", async () => {
  await withStateDir(async (cwd, ledger) => {
    Deno.mkdirSync(`${cwd}/data`);
    writeOldLedger(`${cwd}/few.db`, 100);
    const ruin = new TextEncoder().encode("no database\n".repeat(1000));
    for (let round = 0; round < 3; round++) {
      Deno.writeFileSync(ledger, ruin);
      const child = startMain(["ledger", "restore", "few.db"], { cwd });
      const done = child.output();
      while (!namesIn(cwd).some((name) => name.includes(".before-restore-"))) {
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      kill(child);
      await done;
      const isRuin = sizeOf(ledger) === ruin.length;
      if (isRuin) assertEquals(Deno.readFileSync(ledger), ruin);
      else assertEquals(wholeLedger(ledger), 100);
      for (const name of namesIn(cwd)) Deno.removeSync(`${cwd}/data/${name}`);
    }
  });
});

const namesIn = (cwd: string) => [...Deno.readDirSync(`${cwd}/data`)].map(({ name }) => name);

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch {
    return 0;
  }
}

function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch {
    // It was quicker.
  }
}

/** The number of windows, the same in each table, of a ledger that SQLite finds whole. */
function wholeLedger(path: string): number {
  openLedger(path, { nowMs: Date.now })[Symbol.dispose]();
  using sqlite = new DatabaseSync(path);
  assertEquals(sqlite.prepare("PRAGMA integrity_check").get(), { integrity_check: "ok" });
  const [count, ...others] = ["submissions", "transactions", "closed_windows"].map((table) =>
    Number(sqlite.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.["n"])
  );
  assertEquals(others, [count, count]);
  return count!;
}
