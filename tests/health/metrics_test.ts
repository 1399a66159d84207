import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
import { metricsAfterVisit, writeMetricsFile } from "../../src/commands/metrics/after_visit.ts";
import { sourceOf } from "../../src/commands/metrics/source.ts";
import { alive } from "../../src/health/metrics/alive.ts";
import { counted } from "../../src/health/metrics/counted.ts";
import { exposition } from "../../src/health/metrics/exposition.ts";
import { PREFIX } from "../../src/health/metrics/family.ts";
import { money } from "../../src/health/metrics/money.ts";
import { FORGET_MS, type Source } from "../../src/health/metrics/source.ts";
import { serveMetrics } from "../../src/health/metrics/serve.ts";
import { wrong } from "../../src/health/metrics/wrong.ts";
import { runMain } from "../commands/run_main.ts";
import { HOURLY, type Practice, practise } from "../cycle/practice.ts";
import { isInstalled, monitoring } from "./monitoring.ts";

const docs = new URL("../../docs/monitoring/README.md", import.meta.url);

/** The value of each series, by its name and labels. */
async function seriesOf(source: Source): Promise<ReadonlyMap<string, number>> {
  return parse(await exposition(source));
}

function parse(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const [, name = "", value = ""] = /^allora_pipeline_(.*) (\S+)$/.exec(line) ?? [];
    return [name.replaceAll('"', ""), Number(value)];
  }));
}

/** A worker whose first window was met and whose second is open, and has its submission. */
async function metOnce(env = ""): Promise<Practice> {
  const worker = await practise({ env });
  for (let windows = 0; windows < 3; windows++) {
    worker.stepUntil("open");
    await worker.visit();
    worker.stepUntil("closed");
    await worker.visit();
  }
  return worker;
}

Deno.test("a fresh ledger has both outcomes of every topic at 0, and nothing that nobody knows", async () => {
  await using worker = await practise({
    isTrained: false,
    files: { "1": HOURLY, "7": "nonsense" },
  });
  const series = await seriesOf(await sourceOf(worker.run()));
  for (const topic of ["1", "7"]) {
    for (const outcome of ["met", "missed", "unknown"]) {
      assertEquals(series.get(`windows_total{topic=${topic},outcome=${outcome}}`), 0);
    }
    assertEquals(series.get(`transactions_total{topic=${topic},kind=payload,result=failed}`), 0);
    assertEquals(series.get(`fees_allo_total{topic=${topic},kind=register}`), 0);
  }
  assertEquals(series.get("alerts_open"), 0);
  const unknown = /^(last_|run_|topic_failures|epoch|check|ema|squared|model|wallet|endpoint|log_)/;
  assertEquals([...series.keys()].filter((name) => unknown.test(name)), []);
});

Deno.test("what a worker did is counted: windows, fees, balance, endpoint, model", async () => {
  await using worker = await metOnce();
  await metricsAfterVisit(worker.run(), worker.address);
  const { ledger, address, devnet } = worker;
  const series = await seriesOf(await sourceOf(worker.run()));
  const met = series.get("windows_total{topic=1,outcome=met}")!;
  assert(met >= 2, `${met} windows were met`);
  assertEquals(series.get("submissions_total{topic=1,result=confirmed}"), 3);
  assertEquals(series.get("transactions_total{topic=1,kind=register,result=confirmed}"), 1);
  assertEquals(series.get("epoch_seconds{topic=1}"), 3600);
  const paid = Number(ledger.feesSince(0)) / 1e18;
  const counted = series.get("fees_allo_total{topic=1,kind=payload}")! +
    series.get("fees_allo_total{topic=1,kind=register}")!;
  assert(Math.abs(counted / paid - 1) < 1e-9, `${counted} of ${paid} ALLO`);
  const balance = series.get(`wallet_balance_allo{worker=${address}}`)!;
  assertEquals(balance, Number(ledger.balances()[0]!.balanceUallo) / 1e18);
  assert(series.get(`wallet_runway_seconds{worker=${address}}`)! > 0);
  const { origin } = new URL(devnet.rpcUrl);
  assertEquals(series.get(`endpoint_up{endpoint=${origin}}`), 1);
  assert(series.get(`endpoint_height{endpoint=${origin}}`)! > 0);
  assert(series.get("model_trained_timestamp_seconds{topic=1}")! < Date.now() / 1000);
});

Deno.test("runs, topics and checks: timestamps, failures, and nothing once it is too old", async () => {
  await using worker = await practise({ isTrained: false });
  const { ledger } = worker;
  ledger.startRun("submit");
  ledger.finishRun("submit", { exitCode: 69, error: "no", topics: new Map([[1n, "no"]]) });
  ledger.recordChecks([
    { id: "balance", status: "WARNING" },
    { id: "endpoint", subject: "https://a.example", status: "CRITICAL" },
    { id: "market", topicId: 1n, status: "UNKNOWN" },
  ]);
  ledger.recordBalance("allo1w", 5n * 10n ** 17n);
  const source = await sourceOf(worker.run());
  const series = await seriesOf(source);
  assertEquals(series.get("last_run_success{command=submit}"), 0);
  assertEquals(series.get("run_failures_in_a_row{command=submit}"), 1);
  assertEquals(series.get("topic_failures_in_a_row{topic=1}"), 1);
  assertEquals(series.get("last_success_timestamp_seconds{topic=1}"), undefined);
  assertEquals(series.get("check_status{check=balance,topic=,subject=}"), 1);
  assertEquals(series.get("check_status{check=endpoint,topic=,subject=https://a.example}"), 2);
  assertEquals(series.get("check_status{check=market,topic=1,subject=}"), 3);
  assertEquals(series.get("wallet_balance_allo{worker=allo1w}"), 0.5);

  const later = await seriesOf({ ...source, nowMs: source.nowMs + FORGET_MS });
  const old = [...later.keys()].filter((name) => /^(check_status|wallet_balance)/.test(name));
  assertEquals(old, []);
  assertEquals(later.get("check_timestamp_seconds"), series.get("check_timestamp_seconds"));

  ledger.finishRun("submit", { exitCode: 0, topics: new Map([[1n, undefined]]) });
  const cured = await seriesOf(await sourceOf(worker.run()));
  assertEquals(cured.get("last_run_success{command=submit}"), 1);
  assert(cured.get("last_success_timestamp_seconds{topic=1}")! > 0);
});

Deno.test("the textfile is written for everybody to read, and a failure to write it harms nothing", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/metrics/allora-pipeline.prom`;
  await using worker = await metOnce(`ALLORA_METRICS_FILE=${path}\n`);
  await metricsAfterVisit(worker.run(), worker.address);
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o644);
  assertEquals([...Deno.readDirSync(dirname(path))].map(({ name }) => name), [
    "allora-pipeline.prom",
  ]);
  assert(parse(await Deno.readTextFile(path)).size > 30);

  await Deno.remove(path);
  await Deno.mkdir(path);
  await writeMetricsFile(worker.run());
  assertEquals(worker.told.at(-1)?.event, "metrics.unwritten");
  await worker.devnet[Symbol.asyncDispose]();
  await metricsAfterVisit(worker.run(), worker.address);
  assertEquals(worker.told.at(-2)?.event, "metrics.balance_unknown");
  await Deno.remove(dir, { recursive: true });
});

Deno.test("metrics prints them, writes them, and refuses what node_exporter would not read", async () => {
  await using worker = await practise({ isTrained: false });
  const cwd = dirname(worker.settings.stateDir);
  const printed = await runMain(["metrics"], { cwd });
  assertEquals(printed.code, 0, printed.stderr);
  assertMatch(printed.stdout, /^# HELP allora_pipeline_build_info .*\n# TYPE /);
  const json = JSON.parse((await runMain(["metrics", "--json"], { cwd })).stdout);
  assertEquals(json.metrics[0].name, "allora_pipeline_build_info");
  assertEquals((await runMain(["metrics", "--textfile", "a.prom"], { cwd })).code, 0);
  assertEquals(parse(await Deno.readTextFile(`${cwd}/a.prom`)).size, parse(printed.stdout).size);

  const refused = await runMain(["metrics", "--textfile", "a.txt"], { cwd });
  assertEquals(refused.code, 78);
  assertMatch(refused.stderr, /^Error: .*a\.txt.*\.prom.*\n$/);
  for (const address of ["0.0.0.0:9477", "192.168.1.2:9477", "127.0.0.1", "127.0.0.1:99999"]) {
    const { code, stderr } = await runMain(["metrics", "--metrics-listen", address], { cwd });
    assertEquals(code, 64);
    assertMatch(stderr, /^Error: .*loopback address.*\n$/);
  }
});

Deno.test("the documentation lists every metric, and the dashboard and the rules use no other", async () => {
  await using worker = await practise({ isTrained: false });
  const source = await sourceOf(worker.run());
  const names = [...alive(source), ...counted(source), ...money(source), ...wrong(source)]
    .map(({ name }) => PREFIX + name);
  const listed = [...(await Deno.readTextFile(docs)).matchAll(/^\| `(\w+)`/gm)];
  assertEquals(listed.map(([, name]) => name), names);
  const used = [...new Set((await monitoring()).match(/allora_pipeline_\w+/g))];
  assertEquals(used.filter((name) => !names.includes(name)), []);
});

Deno.test({
  name: "promtool finds nothing to complain of in the metrics (needs Debian's prometheus)",
  ignore: !isInstalled("promtool"),
  async fn() {
    await using worker = await metOnce();
    await metricsAfterVisit(worker.run(), worker.address);
    worker.ledger.recordChecks([{ id: "balance", status: "OK" }]);
    worker.ledger.finishRun("submit", { exitCode: 0, topics: new Map([[1n, undefined]]) });
    const text = await exposition(await sourceOf(worker.run()));
    const child = new Deno.Command("promtool", {
      args: ["check", "metrics"],
      ...{ stdin: "piped", stdout: "piped", stderr: "piped" },
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
    const { code, stdout, stderr } = await child.output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals([code, said], [0, ""]);
  },
});

Deno.test("health makes what it found metrics, touches no log, and says when it cannot write them", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/allora-pipeline.prom`;
  await using worker = await metOnce(`ALLORA_METRICS_FILE=${path}\n`);
  const cwd = dirname(worker.settings.stateDir);
  await runMain(["health"], { cwd });
  const series = parse(await Deno.readTextFile(path));
  assertEquals(series.get("check_status{check=ledger,topic=,subject=}"), 0);
  assert(series.get("check_timestamp_seconds")! > Date.now() / 1000 - 60);
  assert([...series.keys()].some((name) => name.startsWith("wallet_balance_allo")));
  const log = await Deno.stat(`${cwd}/logs/submission.log`).catch(() => undefined);
  assertEquals(log, undefined);

  await Deno.remove(path);
  await Deno.mkdir(path);
  const { stdout } = await runMain(["health"], { cwd });
  assertMatch(stdout, /metrics.*allora-pipeline\.prom/);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("a visit of submit that did something writes the textfile, and a rehearsal does not", async () => {
  const dir = await Deno.makeTempDir();
  const path = `${dir}/allora-pipeline.prom`;
  await using worker = await practise({ env: `ALLORA_METRICS_FILE=${path}\n` });
  const { stateDir } = worker.settings;
  await Deno.writeTextFile(`${stateDir}/mnemonic`, await worker.run().mnemonic(), { mode: 0o600 });
  await worker.passFirstWindow();
  const cwd = dirname(stateDir);
  const rehearsal = await runMain(["submit", "--dry-run"], { cwd });
  assertEquals(rehearsal.code, 0, rehearsal.stderr);
  assertEquals([...Deno.readDirSync(dir)], []);

  const stepping = setInterval(() => worker.devnet.step(), 100);
  const { code, stderr } = await runMain(["submit"], { cwd });
  clearInterval(stepping);
  assertEquals(code, 0, stderr);
  const series = parse(await Deno.readTextFile(path));
  assertEquals(series.get("submissions_total{topic=1,result=confirmed}"), 2);
  assertEquals(series.get("last_run_success{command=submit}"), 1);
  assert(series.get(`wallet_balance_allo{worker=${worker.address}}`)! > 0);
  await Deno.remove(dir, { recursive: true });
});

Deno.test("scrapes at the same time are one computation, and a failed one is tried again", async () => {
  await using worker = await practise({ isTrained: false });
  let nowMs = 0, computed = 0, isBroken = false;
  const failures: string[] = [];
  await using served = serveMetrics("127.0.0.1:0", {
    source: async () => {
      computed++;
      nowMs += 50;
      if (isBroken) throw new Error("the ledger is gone");
      return await sourceOf(worker.run());
    },
    ...{ silentMs: () => nowMs, longestMs: 10_000, nowMs: () => nowMs },
    onFailure: (error) => void failures.push(error),
  });
  const scrape = async (path = "metrics") => {
    const response = await fetch(`${served.url}/${path}`);
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await Promise.all([scrape(), scrape(), scrape()]), [200, 200, 200]);
  nowMs += 4000;
  assertEquals([await scrape(), computed], [200, 1]);
  nowMs += 1500;
  assertEquals([await scrape(), computed], [200, 2]);
  assertEquals(await scrape("healthz"), 200);

  nowMs += 6000;
  isBroken = true;
  assertEquals([await scrape(), failures], [500, ["the ledger is gone"]]);
  isBroken = false;
  assertEquals([await scrape(), await scrape("healthz"), await scrape("")], [200, 503, 404]);
});
