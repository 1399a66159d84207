import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { checkLedger } from "../../src/ledger/check.ts";
import { openLedger } from "../../src/ledger/ledger.ts";
import { runMain } from "../commands/run_main.ts";
import { KEY, planFor, signedFor, withLedger } from "./fixture.ts";
import { writeOldLedger } from "./old_ledger.ts";
import { fill, withStateDir } from "./state_dir.ts";

/** Each rule, and an edit that breaks it and no other. */
const EDITS: Readonly<Record<string, string>> = {
  "one confirmed payload per window": `INSERT INTO transactions
    SELECT NULL, kind, topic_id, nonce, worker, bytes, 'TWIN', sequence, account_number, fee_uallo,
      gas_limit, timeout_height, state, code, codespace, log, height, gas_used, fee_paid_uallo,
      created_ms, updated_ms FROM transactions WHERE nonce = 720`,
  "one window per pending sequence": `UPDATE transactions SET sequence = 9 WHERE state = 'signed'`,
  "every payload has its submission": "DELETE FROM submissions WHERE nonce = 720",
  "confirmed has a transaction or a reason":
    "UPDATE transactions SET state = 'expired' WHERE nonce = 720",
  "settled only at its end": "UPDATE submissions SET settled_ms = 1 WHERE state = 'signed'",
  "timeout at the window's end":
    "UPDATE transactions SET timeout_height = timeout_height + 1 WHERE nonce = 720",
  "height within the window": "UPDATE transactions SET height = 720 WHERE nonce = 720",
};

Deno.test("ledger check names the broken rule, the place and what to do", () => {
  for (const [rule, edit] of Object.entries(EDITS)) {
    withLedger((ledger, _clock, path) => {
      fill(path, 3);
      for (const [nonce, sequence] of [[14_400n, 20n], [15_120n, 21n]] as const) {
        ledger.plan(planFor({ ...KEY, nonce }));
        ledger.recordSigned(signedFor({ ...KEY, nonce }, { sequence }));
      }
      assertEquals(checkLedger(path).filter(({ verdict }) => verdict !== "ok"), []);
      using editor = new DatabaseSync(path);
      editor.exec(edit);
      const broken = checkLedger(path).filter(({ verdict }) => verdict !== "ok");
      assertEquals(broken.map(({ name }) => name), [rule]);
      assert(broken[0]?.advice && /topic 1 nonce|sequence 9/.test(broken[0].found), rule);
    });
  }
});

Deno.test("ledger check prints an aligned list, or one JSON object, and changes no byte", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 3);
    const bytes = Deno.readFileSync(ledger);
    const well = await runMain(["ledger", "check"], { cwd });
    assertEquals([well.code, well.stderr], [0, ""]);
    assertEquals(well.stdout.match(/^ok {2}\w.*$/gm)?.length, 8);
    assertEquals(Deno.readFileSync(ledger), bytes);
    using editor = new DatabaseSync(ledger);
    editor.exec(EDITS["height within the window"]!);
    const ill = await runMain(["ledger", "check"], { cwd });
    assertEquals(ill.code, 70);
    assertStringIncludes(ill.stdout, "720, not 721 to 1320");
    const { code, stdout } = await runMain(["ledger", "check", "--json"], { cwd });
    const { ok, checks } = JSON.parse(stdout);
    assertEquals([code, ok, checks.length], [70, false, 8]);
  });
});

Deno.test("ledger check of a damaged file says so, without a stack trace", async () => {
  await withStateDir(async (cwd, ledger) => {
    fill(ledger, 40);
    const bytes = Deno.readFileSync(ledger);
    const ruins = [
      bytes.slice().fill(0xa5, 8192),
      bytes.slice().fill(0),
      bytes.slice().fill(0xa5, 100, 4096),
      bytes.slice(0, 20_480),
      bytes.slice(0, 50),
    ];
    for (const [i, ruin] of ruins.entries()) {
      Deno.writeFileSync(ledger, ruin);
      const { code, stdout, stderr } = await runMain(["ledger", "check"], { cwd });
      assertEquals([code, stderr], [70, ""], `ruin ${i}: ${stdout}${stderr}`);
      assertStringIncludes(stdout, "broken      the file is whole");
      assertStringIncludes(stdout, "ledger restore FILE");
      assertEquals(Deno.readFileSync(ledger), ruin);
    }
  });
});

Deno.test("ledger check reads an older schema as it is, and refuses what is no ledger of ours", async () => {
  await withStateDir(async (cwd, ledger) => {
    Deno.mkdirSync(`${cwd}/data`);
    const check = () => runMain(["ledger", "check"], { cwd });
    assertEquals((await check()).code, 78);
    writeOldLedger(ledger, 10);
    assertEquals((await check()).code, 0);
    using sqlite = new DatabaseSync(ledger);
    assertEquals(sqlite.prepare("PRAGMA user_version").get(), { user_version: 1 });
    openLedger(ledger, { nowMs: () => 0 })[Symbol.dispose]();
    sqlite.exec("PRAGMA user_version = 4");
    assertEquals((await check()).code, 78);
  });
});
