import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Practice, practise } from "../cycle/practice.ts";
import { runMain } from "./run_main.ts";

/** Where the settings' files are. */
const rootOf = ({ settings }: Practice) => settings.stateDir.replace(/\/[^/]+$/, "");

/** One window met, one missed, a third open with our submission in it. */
async function threeWindows(worker: Practice): Promise<void> {
  worker.stepUntil("open");
  await worker.visit();
  for (let windows = 0; windows < 2; windows++) {
    worker.stepUntil("closed");
    worker.stepUntil("open");
  }
  await worker.visit();
  worker.ledger.finishRun("submit", { exitCode: 0, topics: new Map([[1n, undefined]]) });
}

Deno.test("status shows on one screen of 80 columns how everything stands", async () => {
  await using worker = await practise();
  await threeWindows(worker);
  const { code, stdout, stderr } = await runMain(["status"], { cwd: rootOf(worker) });
  assertEquals([code, stderr], [0, ""]);
  const screen = stdout.split("\n").filter((line) => !line.startsWith("#"));
  assert(screen.every((line) => line.length <= 80) && screen.length < 24, stdout);
  assertMatch(stdout, /^balance +1\.\d{6} ALLO, lasts .*$/m);
  assertMatch(stdout, /^chain +allora-devnet-1 at block \d+$/m);
  assertMatch(stdout, /^submit +ended \d s ago, exit 0$/m);
  assertMatch(
    stdout,
    /^ +1 +BTC\/USD log-return, 1 h +open, .* left +in .* +ridge, \d+ \w+ old$/m,
  );
  assertMatch(stdout, /^ +1 +\d s ago +confirmed +\|x\. +1\/2 50 % +no$/m);
  assertMatch(stdout, /^http:\/\/127\.0\.0\.1:\d+ +\d+ ms +0 +100\.0 % +first$/m);
});

Deno.test("status --json has what is on the screen, and null for what is not known", async () => {
  await using worker = await practise();
  await threeWindows(worker);
  const { stdout } = await runMain(["status", "--json"], { cwd: rootOf(worker) });
  const { topics: [topic], runs, endpoints, broken_topics, balance_uallo } = JSON.parse(stdout);
  assertEquals(topic.epochs.map(({ outcome }: { outcome: string }) => outcome), [
    ...["proven", "missed", "open"],
  ]);
  assertEquals([topic.window.state, topic.window.live, topic.hit_rate], ["open", true, 0.5]);
  assertEquals([topic.last_submission.state, topic.failures_in_a_row], ["confirmed", 0]);
  assertEquals([runs[0].command, runs[0].exit_code, endpoints[0].use], ["submit", 0, "first"]);
  assertEquals(broken_topics, []);
  assert(BigInt(balance_uallo) > 0n);
});

Deno.test("status works offline from the ledger, and says what it does not know", async () => {
  await using worker = await practise();
  await threeWindows(worker);
  const cwd = rootOf(worker);
  await Deno.writeTextFile(`${cwd}/topics/2.env`, "ALLORA_TARGET=nonsense\n");
  worker.ledger.finishRun("submit", {
    ...{ exitCode: 69, error: "the network is gone" },
    topics: new Map([[1n, "the network is gone"]]),
  });
  const alert = {
    ...{ id: "balance", topicId: 0n, subject: "", status: "CRITICAL" as const, fix: null },
    ...{ message: "the wallet holds 0 ALLO", sinceMs: Date.now() - 7_200_000, seenMs: Date.now() },
    ...{ saidStatus: null, saidMs: null, oks: 0, okSinceMs: null },
  };
  worker.ledger.changeAlerts([], () => ({ open: [alert], closed: [], notices: [] }));
  const env = { ALLORA_RPC: "http://127.0.0.1:1" };
  const { code, stdout } = await runMain(["status"], { cwd, env });
  assertEquals(code, 0);
  assertMatch(stdout, /^alerts +1 open, see below$/m);
  assertMatch(stdout, /^# CRITICAL balance, for 2 h: the wallet holds 0 ALLO$/m);
  assertMatch(stdout, /^balance +-$/m);
  assertMatch(stdout, /^chain +allora-devnet-1$/m);
  assertMatch(stdout, /^submit .*, exit 69; 1 failed in a row: the network is gone$/m);
  assertMatch(stdout, /^ +1 .* \|x\. +1\/2 50 % +1 in a row$/m);
  assertMatch(stdout, /^http:\/\/127\.0\.0\.1:1 +- +- +- +none$/m);
  assertMatch(stdout, /^# .*127\.0\.0\.1:1 is not used: /m);
  assertMatch(stdout, /^# topic 1: the network is gone$/m);
  assertMatch(stdout, /^# Cannot use ALLORA_TARGET in topics\/2\.env:1/m);
  const one = JSON.parse(
    (await runMain(["status", "--topic", "1", "--json"], { cwd, env })).stdout,
  );
  assertEquals([one.topics.length, one.broken_topics.length, one.height], [1, 0, null]);
});

Deno.test("status of a fresh install says what is missing, and makes no file", async () => {
  const cwd = await Deno.makeTempDir();
  const env = { ALLORA_RPC: "http://127.0.0.1:1" };
  const { code, stdout } = await runMain(["status"], { cwd, env });
  assertEquals(code, 0);
  assertMatch(stdout, /^wallet +-$/m);
  assertStringIncludes(stdout, "# no topic is on: see allora-pipeline help topic-file");
  assertStringIncludes(stdout, "# no ledger yet: nothing has run here");
  assertMatch(stdout, /^# Cannot use the mnemonic in .*: it is missing$/m);
  assertEquals([...Deno.readDirSync(cwd)], []);
  await Deno.remove(cwd);
});

Deno.test("status waits no longer than about 5 s for a chain that hangs", async () => {
  await using worker = await practise();
  worker.devnet.fault("hang");
  const startMs = Date.now();
  const { code, stdout } = await runMain(["status"], { cwd: rootOf(worker) });
  assertEquals(code, 0);
  assert(Date.now() - startMs < 12_000, `${Date.now() - startMs} ms`);
  assertMatch(stdout, /^# .* is not used: no answer to status within \d+ ms/m);
});

Deno.test("status exits with the reason when the ledger cannot be read", async () => {
  const cwd = await Deno.makeTempDir();
  await Deno.mkdir(`${cwd}/data`);
  await Deno.writeTextFile(
    `${cwd}/data/ledger.db`,
    "no database at all, but long enough".repeat(99),
  );
  const { code, stderr } = await runMain(["status"], { cwd });
  assert(code !== 0 && stderr.includes("ledger"), stderr);
  await Deno.remove(cwd, { recursive: true });
});
