import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { refuseNewerLedger } from "../../src/commands/install/ledger_fits.ts";
import { PipelineError } from "../../src/errors.ts";
import { statePaths } from "../../src/host/paths.ts";
import { MIGRATIONS } from "../../src/ledger/schema.ts";
import { writeOldLedger } from "../ledger/old_ledger.ts";
import { fill, windowsIn } from "../ledger/state_dir.ts";
import { lineOf, patient } from "./doctor_bench.ts";
import { runMain } from "./run_main.ts";

const BEFORE = 1;

function schemaIn(path: string): number {
  using sqlite = new DatabaseSync(path, { readOnly: true });
  return Number(sqlite.prepare("PRAGMA user_version").get()?.["user_version"]);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

Deno.test("who looks or rehearses leaves an older ledger as it is; a visit upgrades it, and keeps it beside", async () => {
  await using it = await patient({ manual: false, speed: 60 });
  const path = statePaths(it.worker.settings.stateDir).ledger;
  for (const end of ["", "-wal", "-shm"]) if (isThere(path + end)) Deno.removeSync(path + end);
  writeOldLedger(path, 3);

  assertEquals(lineOf((await it.doctor()).lines, "ledger").verdict, "ok");
  await it.doctor("--go-live");
  for (const looks of [["history"], ["status"], ["health"], ["metrics"], ["alert", "list"]]) {
    const { stderr } = await runMain(looks, { cwd: it.cwd });
    assertEquals(stderr.includes("ledger"), false, stderr);
  }
  await runMain(["submit", "--dry-run"], { cwd: it.cwd });
  assertEquals([schemaIn(path), isThere(`${path}.v${BEFORE}`)], [BEFORE, false]);

  await runMain(["submit"], { cwd: it.cwd });
  assertEquals([schemaIn(path), schemaIn(`${path}.v${BEFORE}`)], [MIGRATIONS.length, BEFORE]);
});

Deno.test("a version that cannot read the ledger is not installed, until the one from before is put back", async () => {
  const cwd = Deno.makeTempDirSync({ prefix: "allora-upgrade-" });
  try {
    const env = { ALLORA_STATE_DIR: `${cwd}/data` };
    const input = { flags: {}, env, cwd };
    const path = `${cwd}/data/ledger.db`;
    const kept = `${path}.v${MIGRATIONS.length}`;
    // None yet, and one that this version brings up to date.
    refuseNewerLedger(input);
    Deno.mkdirSync(`${cwd}/data`);
    writeOldLedger(path, 1);
    refuseNewerLedger(input);

    fill(path, 2);
    Deno.copyFileSync(path, kept);
    fill(path, 3);
    {
      using newer = new DatabaseSync(path);
      newer.exec("CREATE TABLE novelty (text TEXT) STRICT; PRAGMA user_version = 99");
    }
    const message = `Cannot install this version: ${path} has schema version 99, newer than 3`;
    const back = assertThrows(() => refuseNewerLedger(input), PipelineError, message);
    assertEquals([back.kind, back.hint?.includes(` ledger restore ${kept} # then`)], [
      "config",
      true,
    ]);

    const { code, stderr } = await runMain(["ledger", "restore", kept], { cwd, env });
    assertEquals([code, stderr], [0, ""]);
    refuseNewerLedger(input);
    assertEquals(windowsIn(path), 2);

    // Whatever else is wrong is no reason to keep a version from being installed.
    refuseNewerLedger({ ...input, env: { ...env, ALLORA_RPC_TIMEOUT: "soon" } });
    Deno.writeTextFileSync(path, "no database, but of more than a hundred bytes".repeat(9));
    refuseNewerLedger(input);
  } finally {
    Deno.removeSync(cwd, { recursive: true });
  }
});
