import { assert, assertEquals, assertMatch } from "@std/assert";
import { runMain, startMain } from "../commands/run_main.ts";
import { practiseQuickly, rootOf } from "./bench.ts";

const PHRASE = `${"abandon ".repeat(11)}about\n`;
const isThere = (path: string) => Deno.stat(path).then(() => true, () => false);

/** A worker that has submitted a moment ago, by the program itself. */
async function wellWorker() {
  const worker = await practiseQuickly({ env: "ALLORA_HEALTH_DISK_MB=2,1\n" });
  await Deno.writeTextFile(worker.settings.mnemonicFile, PHRASE, { mode: 0o600 });
  worker.stepUntil("open");
  await worker.visit();
  worker.ledger.finishRun("submit", { exitCode: 0, topics: new Map([[1n, undefined]]) });
  await Deno.mkdir(worker.settings.logDir);
  return worker;
}

Deno.test("health says that all is well only when it is, and writes the two files and no log", async () => {
  await using worker = await wellWorker();
  const { logDir } = worker.settings;
  const cwd = rootOf(worker);
  const well = await runMain(["healthcheck"], { cwd });
  assertEquals([well.code, well.stderr], [0, ""], well.stdout);
  const [head, ...lines] = well.stdout.trimEnd().split("\n");
  assertMatch(
    head!,
    /^OK - all is well: 19 OK \| 'settings'=1;;1: .*'submission topic 1'=0;0;1 .*'log/,
  );
  assert(lines.length === 19 && lines.every((line) => /^OK {2}\S/.test(line)), well.stdout);
  assertEquals(await isThere(`${logDir}/submission.log`), false);
  const status = await Deno.readTextFile(`${logDir}/healthcheck_status.log`);
  assertMatch(status, /^status +OK: all is well/);
  assertMatch(status, /^program +running: submit ended \d+ s ago$/m);
  assertMatch(status, /^topic 1 +predicted 0 for nonce \d+, confirmed at 20/m);
  assertMatch(status, /^balance +allo1\w+ holds 0\.9\d+ ALLO$/m);
  assertMatch(status, /^log +0 bytes in /m);
  assertMatch(status, /^last 100 lines +0 errors, 0 warnings in 0 lines$/m);

  for (let windows = 0; windows < 3; windows++) {
    worker.stepUntil("closed");
    worker.stepUntil("open");
  }
  const ill = await runMain(["health", "--json"], { cwd });
  const { status: worst, checked_at, checks } = JSON.parse(ill.stdout);
  assertEquals([ill.code, worst], [2, "CRITICAL"]);
  assertMatch(checked_at, /^20\d\d-.*Z$/);
  const found = checks.find(({ name }: { name: string }) => name === "submission");
  const { message, ...rest } = found;
  assertEquals(rest, {
    ...{ name: "submission", topic_id: "1", subject: null, status: "CRITICAL", value: 2 },
    ...{ unit: null, warn: "0", crit: "1" },
    fix: "allora-pipeline history --topic 1 --last 10",
  });
  assertMatch(message, /^2 windows missed/);
  const alerts = await Deno.readTextFile(`${logDir}/healthcheck_alerts.log`);
  assertMatch(alerts, /^20\S+Z CRITICAL submission topic 1: 2 windows missed[^\n]*\n$/);
  const lenient = await runMain(["health", "--health-missed", "3,4"], { cwd });
  assertEquals(lenient.code, 0, lenient.stdout);
});

Deno.test("on a fresh install health says what is missing, and makes none of it", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "health-fresh-" });
  try {
    const env = { ALLORA_RPC: "http://127.0.0.1:1" };
    const { code, stdout, stderr } = await runMain(["health"], { cwd, env });
    assertEquals([code, stderr], [2, ""]);
    assertMatch(stdout, /^CRITICAL - settings: no topic is on/);
    assertMatch(
      stdout,
      /^UNKNOWN +ledger +Cannot read the ledger: there is none at .* yet; to fix: /m,
    );
    assertMatch(stdout, /^CRITICAL +credentials mnemonic .*it is missing; to fix: /m);
    assertMatch(stdout, /^UNKNOWN +last-run /m);
    assertEquals(await isThere(`${cwd}/data`), false);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});

Deno.test("a broken settings file is UNKNOWN, a broken topic file is critical and stops no other check", async () => {
  await using worker = await wellWorker();
  const cwd = rootOf(worker);
  await Deno.writeTextFile(`${cwd}/topics/2.env`, "ALLORA_TARGET=luck\n");
  const topic = await runMain(["health"], { cwd });
  assertEquals(topic.code, 2);
  assertMatch(topic.stdout, /^CRITICAL - settings topic 2: .*topics\/2\.env:1/);
  assertMatch(topic.stdout, /^OK +submission topic 1 /m);
  await Deno.writeTextFile(`${cwd}/.env`, "ALLORA_RPC_TIMEOUT=soon\n");
  const text = await runMain(["health"], { cwd });
  assertEquals([text.code, text.stderr], [3, ""]);
  assertMatch(text.stdout, /^UNKNOWN - settings: .*\.env:1.*soon/);
  const json = await runMain(["health", "--json"], { cwd });
  assertEquals([json.code, JSON.parse(json.stdout).status], [3, "UNKNOWN"]);
});

Deno.test("a log directory that cannot be written to is told, and so are all the other checks", async () => {
  await using worker = await wellWorker();
  const { logDir } = worker.settings;
  await Deno.remove(logDir);
  await Deno.writeTextFile(logDir, "a file");
  const { code, stdout } = await runMain(["health"], { cwd: rootOf(worker) });
  assertEquals(code, 2);
  assertMatch(stdout, /^CRITICAL +disk .*\/logs +Cannot write to /m);
  assertMatch(stdout, /^WARNING +files healthcheck_status\.log +Cannot write /m);
  assertMatch(stdout, /^OK +submission topic 1 /m);
});

Deno.test("health --every stays and looks again, until it is told to stop", async () => {
  await using worker = await wellWorker();
  const child = startMain(["health", "--every", "1s", "--json"], { cwd: rootOf(worker) });
  const lines: string[] = [];
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    rest += text;
    const whole = rest.split("\n");
    rest = whole.pop() ?? "";
    lines.push(...whole);
    if (lines.length >= 2) child.kill("SIGTERM");
  }
  await child.stderr.cancel();
  assertEquals((await child.status).code, 0);
  assertEquals(lines.map((line) => JSON.parse(line).status), ["OK", "OK"]);
  const bad = await runMain(["health", "--every", "often"], { cwd: rootOf(worker) });
  assertEquals(bad.code, 64);
});
