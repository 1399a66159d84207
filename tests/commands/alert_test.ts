import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { afterVisit } from "../../src/commands/alert/after_visit.ts";
import { digestNotice } from "../../src/commands/alert/digest.ts";
import { statePaths } from "../../src/host/paths.ts";
import { practise } from "../cycle/practice.ts";
import { receive, type Receiver, SECRET, titlesOf } from "../health/receiver.ts";
import { runMain } from "./run_main.ts";

const INVOCATION = "0123456789abcdef0123456789abcdef";

async function workspace(secrets: Readonly<Record<string, string>>) {
  const cwd = await Deno.makeTempDir({ prefix: "allora-alert-" });
  await Deno.mkdir(`${cwd}/data`, { mode: 0o700 });
  for (const [name, text] of Object.entries(secrets)) {
    await Deno.writeTextFile(`${cwd}/data/${name}`, text, { mode: 0o600 });
  }
  return {
    cwd,
    run: (words: string, env: Record<string, string> = {}) =>
      runMain(words.split(" "), { cwd, env }),
    [Symbol.asyncDispose]: () => Deno.remove(cwd, { recursive: true }),
  };
}

Deno.test("alert, as OnFailure= runs it, tells which unit failed and how to see why, once", async () => {
  await using hook = receive();
  await using here = await workspace({ webhook: hook.url });
  const env = {
    ...{ MONITOR_UNIT: "allora-pipeline-submit.service", MONITOR_SERVICE_RESULT: "exit-code" },
    ...{
      MONITOR_EXIT_CODE: "exited",
      MONITOR_EXIT_STATUS: "78",
      MONITOR_INVOCATION_ID: INVOCATION,
    },
  };
  const { code, stdout } = await here.run("alert", env);
  assertEquals([code, stdout], [0, "channel  result\nwebhook  arrived\n"]);
  assertEquals((await here.run("alert", env)).stdout, "nothing new to tell\n");
  assertEquals(titlesOf(hook), [
    "CRITICAL unit.failed, allora-pipeline-submit.service: " +
    "allora-pipeline-submit.service ended with exit code 78",
  ]);
  assertStringIncludes(hook.received[0]!.body, `journalctl _SYSTEMD_INVOCATION_ID=${INVOCATION}`);
  // systemd 249 and older tells the unit by the instance alone.
  await here.run("alert allora-pipeline-rotate");
  assertStringIncludes(
    hook.received[1]!.body,
    "journalctl -u allora-pipeline-rotate.service -n 50",
  );
  assertEquals((await here.run("alert")).code, 64);
});

Deno.test("a unit that failed by a mistake in the settings is told, though they cannot be read", async () => {
  await using hook = receive();
  await using here = await workspace({ webhook: hook.url });
  await Deno.writeTextFile(`${here.cwd}/.env`, "ALLORA_RUN_TIMEOUT=soon\n");
  const env = { MONITOR_EXIT_CODE: "exited", MONITOR_EXIT_STATUS: "78" };
  assertEquals((await here.run("alert allora-pipeline-submit", env)).code, 0);
  assertMatch(titlesOf(hook)[0] ?? "", /exit code 78: Cannot use ALLORA_RUN_TIMEOUT in \.env:1: /);
});

Deno.test("a visit that dies before it begins is in the ledger: health and its unit's alert say why", async () => {
  await using hook = receive();
  await using here = await workspace({ webhook: hook.url, mnemonic: "a b c" });
  await Deno.mkdir(`${here.cwd}/topics`);
  await Deno.writeTextFile(
    `${here.cwd}/topics/67.env`,
    "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=8h\n",
  );
  const submit = await here.run("submit");
  assertEquals(submit.code, 78);
  assertEquals(submit.stderr.match(/it has 3 words/g)?.length, 1);
  const { stdout } = await here.run("health", { ALLORA_RPC: "http://127.0.0.1:1" });
  assertMatch(stdout, /^WARNING +failures submit +1 visit failed in a row: .*it has 3 words/m);
  assertMatch(stdout, /^WARNING +failures topic 67 +1 visit failed in a row: .*it has 3 words/m);
  const env = { MONITOR_EXIT_CODE: "exited", MONITOR_EXIT_STATUS: "78" };
  for (const unit of ["submit", "submit@67"]) {
    await here.run(`alert --unit allora-pipeline-${unit}.service`, env);
    assertMatch(titlesOf(hook).at(-1) ?? "", /ended with exit code 78: .*it has 3 words/);
  }
});

Deno.test("alert --test says of every channel whether it arrived, and fails when one did not", async () => {
  await using hook = receive();
  await using none = await workspace({});
  assertEquals((await none.run("alert --test")).code, 78);
  const heartbeat = `${hook.url}/beat`;
  await using here = await workspace({
    ...{ "slack-webhook": hook.url, "heartbeat-url": heartbeat },
    "discord-webhook": `http://127.0.0.1:1/${SECRET}`,
  });
  const { code, stdout, stderr } = await here.run("alert --test");
  assertEquals(code, 69);
  assertMatch(stdout, /^slack +arrived$/m);
  assertMatch(stdout, /^discord +Cannot reach discord: /m);
  assertMatch(stdout, /^heartbeat +arrived$/m);
  assert(hook.received.some(({ path }) => path.endsWith("/beat/log")));
  assert(hook.received.some(({ body }) => body.includes("TEST: alerts of")));
  const log = await Deno.readTextFile(`${here.cwd}/logs/submission.log`).catch(() => "");
  for (const part of SECRET.split("/")) assert(!(stdout + stderr + log).includes(part));
});

Deno.test("alert list shows what is wrong, what is silenced and what was told; silence off ends it", async () => {
  await using hook = receive();
  await using here = await workspace({ webhook: hook.url });
  assertMatch((await here.run("alert list")).stdout, /^no alert is open\n$/);
  await here.run("alert --unit allora-pipeline-rotate");
  assertMatch(
    (await here.run("alert silence 8h --topic 67 submission")).stdout,
    /submission of topic 67/,
  );
  const { stdout } = await here.run("alert list");
  assertMatch(stdout, /^CRITICAL +unit\.failed +- +allora-pipeline-rotate\.service /m);
  assertMatch(stdout, /submission of topic 67$/m);
  assertMatch(stdout, /^webhook +delivered /m);
  const { silences } = JSON.parse((await here.run("alert list --json")).stdout) as {
    silences: unknown[];
  };
  assertEquals(silences.length, 1);
  assertEquals((await here.run("alert silence off")).stdout, "1 ended\n");
  assertEquals((await here.run("alert silence")).code, 64);
  assertEquals((await here.run("alert silence 8hours")).code, 64);
});

Deno.test("visits say that it works, and then only what is missed and when it is met again", async () => {
  await using hook = receive();
  await using practice = await practise();
  const tell = async () => {
    const { outcomes } = await practice.visit();
    await afterVisit(practice.run(), { env: {} }, {
      ...{ topics: practice.settings.topics, worker: practice.address, outcomes },
      stop: new AbortController().signal,
    });
  };
  await Deno.writeTextFile(practice.settings.webhookFile, hook.url, { mode: 0o600 });
  practice.stepUntil("open");
  await tell();
  await tell();
  assertEquals(titlesOf(hook).length, 1);
  assertMatch(titlesOf(hook)[0]!, /^IT WORKS: /);

  practice.stepUntil("closed");
  await tell();
  assertEquals(titlesOf(hook).length, 1);
  for (let missed = 0; missed < 2; missed++) {
    practice.stepUntil("open");
    practice.stepUntil("closed");
  }
  await tell();
  await tell();
  assertEquals(titlesOf(hook).length, 2);
  assertMatch(titlesOf(hook)[1]!, /^CRITICAL submission, topic 1: 2 windows missed in a row/);
  await digestIsTrue(practice, hook);
});

async function digestIsTrue(practice: Awaited<ReturnType<typeof practise>>, hook: Receiver) {
  const { title, facts } = await digestNotice(practice.run(), "worker-1");
  assertMatch(title, /^WEEK: 1 of 3 windows met, net \+0\.\d{1,6} ALLO$/);
  const said = new Map(facts);
  assertMatch(said.get("topic 1") ?? "", /^1 of 3 windows met, 2 missed; net \+0\.\d{1,6} ALLO$/);
  assertMatch(said.get("balance") ?? "", /^\d\.\d{1,6} ALLO, lasts .*(days|years)$/);
  // A week after the first visit the next one sends it.
  const nowMs = Date.now() + 7 * 86_400_000 + 60_000;
  const run = practice.run();
  const visit = { topics: [], worker: practice.address, outcomes: [], stop: run.signal };
  const later = { ...run, host: { ...run.host, nowMs: () => nowMs } };
  await afterVisit(later, { env: {} }, visit);
  assertMatch(titlesOf(hook).at(-1) ?? "", /^WEEK: /);
  // It was told by a clock that was ahead; now that is right, and it goes on from here.
  using editor = new DatabaseSync(statePaths(practice.settings.stateDir).ledger);
  editor.exec(`UPDATE milestones SET at_ms = ${nowMs} WHERE name = 'digest'`);
  const told = titlesOf(hook).length;
  await afterVisit(run, { env: {} }, visit);
  assertEquals(titlesOf(hook).length, told + 1);
  await afterVisit(run, { env: {} }, visit);
  assertEquals(titlesOf(hook).length, told + 1);
}
