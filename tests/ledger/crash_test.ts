import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openLedger } from "../../src/ledger/ledger.ts";
import type { Submission } from "../../src/ledger/submission.ts";
import { IN_BLOCK, KEY, NONCE, signedFor, startScript, WORKER } from "./fixture.ts";

Deno.test("of twelve processes that race for one window exactly one plans it", async () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/ledger.db`;
  const momentMs = String(Date.now() + 1500);
  const racers = Array.from(
    { length: 12 },
    (_, i) => startScript("plan_once.ts", path, momentMs, `0.${i + 1}`).output(),
  );
  const answers = (await Promise.all(racers)).map(({ stdout }) => new TextDecoder().decode(stdout));
  assertEquals(answers.filter((answer) => answer === "planned\n").length, 1);
  assertEquals(answers.filter((answer) => answer === "already there\n").length, 11);
  using ledger = openLedger(path, { nowMs: Date.now });
  const winner = answers.indexOf("planned\n");
  assertEquals(ledger.submission(1n, NONCE, WORKER)?.value, `0.${winner + 1}`);
  Deno.removeSync(directory, { recursive: true });
});

/** What the next run does with a row that a dead one left, by its state alone. */
const CONTINUE: Readonly<Record<string, number>> = { planned: 0, signed: 1, sent: 2, confirmed: 3 };

Deno.test("after SIGKILL at any moment every row can be carried to its end", async () => {
  const directory = Deno.makeTempDirSync();
  const path = `${directory}/ledger.db`;
  for (let round = 0; round < 6; round++) {
    const child = startScript("submit_forever.ts", path);
    await waitUntilBusy(path);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
    child.kill("SIGKILL");
    await child.output();

    using sqlite = new DatabaseSync(path);
    assertEquals(sqlite.prepare("PRAGMA integrity_check").get(), { integrity_check: "ok" });
    using ledger = openLedger(path, { nowMs: Date.now });
    const left = ledger.unsettled(WORKER);
    assert(left.length <= 1, "only the row of the killed step is open");
    for (const submission of left) finish(ledger, submission);
    assertEquals(ledger.unsettled(WORKER), []);
    assertEquals(ledger.pendingTransactions(WORKER), []);
    const windows = ledger.history(1n, 100_000);
    const payments = windows.filter(({ feePaidUallo }) => feePaidUallo === IN_BLOCK.feePaidUallo);
    assertEquals(payments.length, windows.length, "each window was paid for exactly once");
    assertEquals(ledger.closedWindows(1n, WORKER, 100_000).length, windows.length);
  }
  Deno.removeSync(directory, { recursive: true });
});

function finish(ledger: ReturnType<typeof openLedger>, submission: Submission): void {
  const key = { ...KEY, nonce: submission.nonce };
  const signed = signedFor(key);
  const steps = [
    () => ledger.recordSigned(signed),
    () => ledger.markSent(signed.hash),
    () => ledger.confirm(signed.hash, IN_BLOCK),
    () => ledger.closeWindow(key, "proven"),
    () => ledger.settle(key, { included: true }, { isFinal: true }),
  ];
  for (const step of steps.slice(CONTINUE[submission.state])) step();
}

/** Resolves when the child has finished one more window since it was started. */
async function waitUntilBusy(path: string): Promise<void> {
  let before: bigint | undefined;
  for (let tries = 0; tries < 1000; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    using ledger = openLedger(path, { nowMs: Date.now });
    const newest = ledger.history(1n, 1)[0]?.nonce ?? 0n;
    if (before !== undefined && newest > before) return;
    before ??= newest;
  }
  throw new Error("the child never began");
}
