import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { runMain } from "../commands/run_main.ts";
import { startScript } from "./fixture.ts";
import { fill, windowsIn, withStateDir } from "./state_dir.ts";

Deno.test("ledger backup while another process writes is whole, in one file of mode 0600", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 5);
    const writer = startScript("submit_forever.ts", ledger);
    const before = windowsIn(ledger);
    while (windowsIn(ledger) === before) await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, stdout, stderr } = await runMain(["ledger", "backup", "--json"], { cwd });
    writer.kill("SIGKILL");
    await writer.output();

    assertEquals([code, stderr], [0, ""]);
    const { path, rows, tables, bytes } = JSON.parse(stdout);
    assert(/^backups\/ledger-\d{8}-\d{6}\.db$/.test(path.slice(`${cwd}/data/`.length)), path);
    assertEquals([Deno.statSync(path).mode! & 0o777, Deno.statSync(path).size], [0o600, bytes]);
    assertEquals(Deno.statSync(`${cwd}/data/backups`).mode! & 0o777, 0o700);
    assertEquals([...Deno.readDirSync(`${cwd}/data/backups`)].length, 1);
    using copy = new DatabaseSync(path, { readOnly: true });
    assertEquals(copy.prepare("PRAGMA integrity_check").get(), { integrity_check: "ok" });
    assertEquals(copy.prepare("PRAGMA journal_mode").get(), { journal_mode: "delete" });
    const count = copy.prepare("SELECT count(*) AS n FROM submissions").get();
    assertEquals(count, { n: tables.submissions });
    assert(tables.submissions > before && rows >= tables.submissions + tables.transactions);
  });
});

Deno.test("ledger backup never overwrites but with --force, and never the ledger itself", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 2);
    const backup = (...words: string[]) => runMain(["ledger", "backup", ...words], { cwd });
    Deno.writeTextFileSync(`${cwd}/copy.db`, "precious");
    const refused = await backup("copy.db");
    assertEquals([refused.code, Deno.readTextFileSync(`${cwd}/copy.db`)], [78, "precious"]);
    assertStringIncludes(refused.stderr, "--force");
    const forced = await backup("copy.db", "--force");
    assertEquals([forced.code, windowsIn(`${cwd}/copy.db`)], [0, 2]);
    assertStringIncludes(forced.stdout, "2 submissions, 2 transactions, 0 closed windows, ");
    Deno.linkSync(ledger, `${cwd}/alias.db`);
    for (const itself of ["data/ledger.db", "alias.db"]) {
      const { code, stderr } = await backup(itself, "--force");
      assertEquals([code, stderr.includes("is the ledger itself")], [78, true]);
    }
    assertEquals((await backup("a.db", "b.db")).code, 64);
  });
});

Deno.test("ledger backup of a damaged ledger, or of none, leaves no file", async () => {
  await withStateDir(async (cwd, ledger) => {
    const backup = () => runMain(["ledger", "backup", "out/copy.db"], { cwd });
    const none = await backup();
    assertEquals([none.code, none.stdout], [78, ""]);
    assertStringIncludes(none.stderr, "ledger.db is not there");
    fill(ledger, 40);
    Deno.writeFileSync(ledger, Deno.readFileSync(ledger).fill(0xa5, 8192));
    const damaged = await backup();
    assertEquals([damaged.code, damaged.stdout], [70, ""]);
    assertStringIncludes(damaged.stderr, "ledger restore FILE");
    assertEquals([...Deno.readDirSync(`${cwd}/out`)], []);
  });
});
