import { assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { runMain } from "../commands/run_main.ts";
import { practiseQuickly, rootOf } from "./bench.ts";
import { receive, titlesOf } from "./receiver.ts";
import { statePaths } from "../../src/host/paths.ts";

const PHRASE = `${"abandon ".repeat(11)}about\n`;

Deno.test("health tells people what is critical once, and once that it is over", async () => {
  await using hook = receive();
  await using worker = await practiseQuickly({ env: "ALLORA_HEALTH_DISK_MB=2,1\n" });
  const { settings } = worker;
  await Deno.writeTextFile(settings.mnemonicFile, PHRASE, { mode: 0o600 });
  await Deno.mkdir(settings.logDir);
  worker.stepUntil("open");
  await worker.visit();
  worker.ledger.finishRun("submit", { exitCode: 0, topics: new Map() });
  const cwd = rootOf(worker);
  const health = async (...flags: string[]) => (await runMain(["health", ...flags], { cwd })).code;
  const poor = ["--health-balance", "5,2"];
  assertEquals(await health("--service", ...poor), 69, "nobody is there to be told");
  assertEquals(titlesOf(hook), []);

  await Deno.writeTextFile(settings.webhookFile, hook.url, { mode: 0o600 });
  const opened = `${settings.stateDir}/metrics.prom`;
  const metrics = ["--metrics-file", opened];
  assertEquals(await health("--service", ...poor, ...metrics), 2);
  assertMatch(titlesOf(hook).join("\n"), /^CRITICAL balance: [^\n]*$/);
  assertMatch(await Deno.readTextFile(opened), /^allora_pipeline_alerts_open\S* 1$/m);
  const log = await Deno.readTextFile(`${settings.logDir}/submission.log`);
  assertMatch(log, /"alert.raised".*\n.*"alert.delivered"/);
  assertEquals(await health("--service", ...poor), 2);
  assertEquals(titlesOf(hook).length, 1);

  assertEquals(await health("--service"), 0);
  {
    using ledger = new DatabaseSync(statePaths(settings.stateDir).ledger);
    ledger.exec("UPDATE alerts SET ok_since_ms = ok_since_ms - 900000");
  }
  assertEquals(await health("--service"), 0);
  assertMatch(titlesOf(hook).slice(1).join("\n"), /^RESOLVED balance[^\n]*$/);
});

Deno.test("health tells its unit when a channel takes nothing, and when it has no settings", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "health-unheard-" });
  try {
    await using hook = receive();
    hook.answer = () => new Response("no", { status: 503 });
    await Deno.mkdir(`${cwd}/data`, { mode: 0o700 });
    await Deno.writeTextFile(`${cwd}/data/webhook`, hook.url, { mode: 0o600 });
    const env = { ALLORA_RPC: "http://127.0.0.1:1" };
    assertEquals((await runMain(["health", "--service"], { cwd, env })).code, 69);
    assertEquals((await runMain(["health"], { cwd, env })).code, 2);
    const broken = { ALLORA_RPC_TIMEOUT: "soon" };
    assertEquals((await runMain(["health", "--service"], { cwd, env: broken })).code, 78);
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
});
