import { assert, assertEquals } from "@std/assert";
import { dirname, join } from "node:path";
import { realHost } from "../../src/host/host.ts";
import { type Practice, practise } from "../cycle/practice.ts";
import { receive, type Receiver } from "../health/receiver.ts";
import { endOf, runMain, startMain } from "./run_main.ts";

/** A visit to an open window by the program itself, whose people are reached through `hook`. */
async function submitting(worker: Practice, hook: Receiver) {
  const { stateDir, logDir, webhookFile } = worker.settings;
  const cwd = dirname(stateDir);
  const mode = 0o600;
  await Deno.writeTextFile(join(stateDir, "mnemonic"), await worker.run().mnemonic(), { mode });
  await Deno.writeTextFile(webhookFile, hook.url, { mode });
  const process = startMain(["submit", "--json"], { cwd });
  const log = join(logDir, "submission.log");
  await until(async () =>
    (await Deno.readTextFile(log).catch(() => "")).includes(`submission.sent`)
  );
  worker.devnet.step();
  return { cwd, ended: endOf(process) };
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
  const { cwd, ended } = await submitting(worker, hook);
  await until(() => hook.received.length > 0);
  // One that has nobody to tell, and so waits for nothing but the wallet.
  const { code, stdout, stderr } = await runMain(["submit", "--dry-run", "--json"], { cwd });
  taken.resolve(new Response("ok"));
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout).topics[0].outcome, "idle");
  assertEquals((await ended).code, 0);
});
