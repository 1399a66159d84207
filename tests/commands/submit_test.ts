import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { realHost } from "../../src/host/host.ts";
import { statePaths } from "../../src/host/paths.ts";
import { type Practice, practise } from "../cycle/practice.ts";
import { receive, type Receiver, titlesOf } from "../health/receiver.ts";
import { type Ended, endOf, runMain, startMain } from "./run_main.ts";

/** What the program itself needs for a visit, whose people are reached through `hook`; its directory. */
async function equip({ settings, run }: Practice, hook: Receiver): Promise<string> {
  const mode = 0o600;
  await Deno.writeTextFile(settings.mnemonicFile, await run().mnemonic(), { mode });
  await Deno.writeTextFile(settings.webhookFile, hook.url, { mode });
  return dirname(settings.stateDir);
}

/** A visit to an open window, up to the block with its submission. */
async function submitting(
  { settings, devnet }: Practice,
  cwd: string,
): Promise<{ readonly ended: Promise<Ended> }> {
  const process = startMain(["submit", "--json"], { cwd });
  const log = join(settings.logDir, "submission.log");
  await until(async () =>
    (await Deno.readTextFile(log).catch(() => "")).includes("submission.sent")
  );
  devnet.step();
  return { ended: endOf(process) };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !await holds(); tries++) {
    assert(tries < 2000, "it never came");
    await realHost.sleep(10);
  }
}

/** A registered worker whose next window is open. */
async function registered(): Promise<Practice> {
  const worker = await practise();
  await worker.passFirstWindow();
  return worker;
}

Deno.test("while a channel keeps a visit waiting, the next one has the wallet", async () => {
  await using worker = await registered();
  await using hook = receive();
  const taken = Promise.withResolvers<Response>();
  hook.answer = () => taken.promise;
  const cwd = await equip(worker, hook);
  const { ended } = await submitting(worker, cwd);
  await until(() => hook.received.length > 0);
  // One that has nobody to tell, and so waits for nothing but the wallet.
  const { code, stdout, stderr } = await runMain(["submit", "--dry-run", "--json"], { cwd });
  taken.resolve(new Response("ok"));
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout).topics[0].outcome, "idle");
  assertEquals((await ended).code, 0);
});

/** Has the ledger refuse these changes from now on, as a disk that is full would all of them. */
function refuse({ settings }: Practice, ...changes: readonly string[]) {
  using editor = new DatabaseSync(statePaths(settings.stateDir).ledger);
  for (const [place, change] of changes.entries()) {
    editor.exec(
      `CREATE TRIGGER full_${place} BEFORE ${change}
       BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
    );
  }
}

Deno.test("a ledger that takes no note of a visit hides none of it, and people are told", async () => {
  await using worker = await registered();
  await using hook = receive();
  refuse(worker, "INSERT ON endpoints", "UPDATE ON runs WHEN new.finished_ms NOTNULL");
  const cwd = await equip(worker, hook);
  const { ended } = await submitting(worker, cwd);
  const { code, stdout, stderr } = await ended;
  assertEquals(code, 69, stderr);
  const { topics: [topic], exit_code } = JSON.parse(stdout);
  assertEquals([topic.outcome, topic.exit_code, exit_code], ["confirmed", 0, 69]);
  const unrecorded = stderr.match(/how the run goes is not in the ledger: .* disk is full/g);
  assertEquals(unrecorded?.length, 2, stderr);
  assertMatch(titlesOf(hook).join("\n"), /^CRITICAL ledger: .* disk is full$/);
});

Deno.test("a visit that a full ledger keeps from beginning is told to people all the same", async () => {
  await using worker = await practise({ isTrained: false });
  await using hook = receive();
  refuse(worker, "INSERT ON runs", "INSERT ON alerts");
  worker.stepUntil("open");
  const { code, stderr } = await runMain(["submit"], { cwd: await equip(worker, hook) });
  assertEquals(code, 69, stderr);
  assertMatch(stderr, /run failed: .* disk is full/);
  assertMatch(titlesOf(hook).join("\n"), /^CRITICAL ledger: .* disk is full$/);
});
