import { assert, assertEquals, assertMatch } from "@std/assert";
import { dirname } from "node:path";
import { metricsAfterVisit } from "../../src/commands/metrics/after_visit.ts";
import { startMain } from "../commands/run_main.ts";
import { type Practice, practise } from "../cycle/practice.ts";
import { isInstalled, panelsOf, rules, rulesOf } from "./monitoring.ts";

/** A port that nobody listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A program of somebody else's, ended with SIGKILL: its state is thrown away. */
function start(program: string, ...args: string[]): AsyncDisposable {
  const child = new Deno.Command(program, {
    args,
    ...{ stdin: "null", stdout: "null", stderr: "null" },
  }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** What `url` answers once it answers well, and `isReady` says that it is what was waited for. */
async function answerOf(url: string, isReady = (_text: string) => true): Promise<string> {
  for (let tries = 0;; tries++) {
    const response = await fetch(url).catch(() => undefined);
    const text = await response?.text() ?? "";
    if (response?.ok && isReady(text)) return text;
    assert(tries < 400, `${url} never answered: ${text.slice(0, 500)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A worker that is registered, and the daemon that works for it. */
async function daemonOf(worker: Practice, ...args: string[]) {
  const { stateDir, logDir } = worker.settings;
  await Deno.writeTextFile(`${stateDir}/mnemonic`, await worker.run().mnemonic(), { mode: 0o600 });
  const child = startMain(["daemon", ...args], { cwd: dirname(stateDir) });
  const output = child.output();
  return {
    log: () => Deno.readTextFile(`${logDir}/submission.log`),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      const stepping = setInterval(() => worker.devnet.step(), 50);
      const { code, stderr } = await output;
      clearInterval(stepping);
      assertEquals(code, 0, new TextDecoder().decode(stderr));
    },
  };
}

async function registered(): Promise<Practice> {
  const worker = await practise();
  worker.stepUntil("open");
  await worker.visit();
  worker.stepUntil("closed");
  return worker;
}

/** An expression of the dashboard as Grafana would send it. */
const filledIn = (expr: string) =>
  expr.replaceAll(/\$(job|instance|topic)\b/g, ".*").replaceAll(/\$__\w+/g, "5m");

Deno.test("the daemon serves /metrics and /healthz; when the port is taken it says so and works on", async () => {
  await using worker = await registered();
  const port = freePort();
  await using daemon = await daemonOf(worker, "--metrics-listen", `127.0.0.1:${port}`);
  const base = `http://127.0.0.1:${port}`;
  const text = await answerOf(`${base}/metrics`, (text) => text.includes('command="daemon"'));
  assertMatch(text, /^allora_pipeline_submissions_total\{topic="1",result="confirmed"\} 1$/m);
  assertMatch(await answerOf(`${base}/healthz`), /^last heard of \d+ s ago\n$/);
  const response = await fetch(`${base}/secrets`);
  assertEquals([response.status, await response.text()], [404, "here are /metrics and /healthz\n"]);
  assertMatch(await daemon.log(), /"metrics\.served"/);

  await using second = await registered();
  await using other = await daemonOf(second, "--metrics-listen", `127.0.0.1:${port}`);
  const hasVisited = () => second.ledger.runs().some(({ succeededMs }) => succeededMs !== null);
  for (let tries = 0; !hasVisited(); tries++) {
    assert(tries < 400, "the second daemon never worked");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assertEquals((await other.log()).match(/"metrics\.unserved"/g)?.length, 1);
});

Deno.test({
  name:
    "a real Prometheus scrapes the daemon and runs every rule and panel (needs Debian's prometheus)",
  ignore: !isInstalled("prometheus"),
  async fn() {
    await using worker = await registered();
    const [port, own] = [freePort(), freePort()];
    const dir = await Deno.makeTempDir();
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [rules.pathname],
      scrape_configs: [{
        job_name: "allora-pipeline",
        static_configs: [{ targets: [`127.0.0.1:${port}`] }],
      }],
    };
    await Deno.writeTextFile(`${dir}/prometheus.yml`, JSON.stringify(config));
    {
      await using _daemon = await daemonOf(worker, "--metrics-listen", `127.0.0.1:${port}`);
      await answerOf(`http://127.0.0.1:${port}/metrics`);
      await using _prometheus = start(
        "prometheus",
        ...[`--config.file=${dir}/prometheus.yml`, `--storage.tsdb.path=${dir}/data`],
        `--web.listen-address=127.0.0.1:${own}`,
      );
      const api = `http://127.0.0.1:${own}/api/v1`;
      const query = (expr: string) => `${api}/query?query=${encodeURIComponent(expr)}`;
      await answerOf(query('up{job="allora-pipeline"}'), (text) => text.includes('"1"]'));

      const panels = (await panelsOf()).flatMap(({ targets = [] }) => targets);
      const exprs = [
        ...panels.map(({ expr }) => filledIn(expr)),
        ...(await rulesOf()).map(({ expr }) => expr),
      ];
      assert(exprs.length > 40);
      for (const expr of exprs) {
        const { status, error } = await (await fetch(query(expr))).json();
        assertEquals([expr, status, error], [expr, "success", undefined]);
      }
      const { data } = JSON.parse(await answerOf(query("allora_pipeline_windows_total")));
      assertEquals(data.result.length, 3);
      const healthy = (text: string) =>
        !text.includes('"unknown"') && text.includes("AlloraPipelineWatchdog");
      const { data: { groups } } = JSON.parse(await answerOf(`${api}/rules`, healthy));
      const evaluated: { name: string; health: string; state: string }[] = groups[0].rules;
      assertEquals(evaluated.filter(({ health }) => health !== "ok"), []);
      const firing = evaluated.filter(({ state }) => state === "firing").map(({ name }) => name);
      assertEquals(firing, ["AlloraPipelineWatchdog"]);
    }
    await Deno.remove(dir, { recursive: true });
  },
});

Deno.test({
  name: "a real node_exporter reads the textfile (needs Debian's prometheus-node-exporter)",
  ignore: !isInstalled("prometheus-node-exporter"),
  async fn() {
    const dir = await Deno.makeTempDir();
    await using worker = await practise({
      env: `ALLORA_METRICS_FILE=${dir}/allora-pipeline.prom\n`,
    });
    await metricsAfterVisit(worker.run(), worker.address);
    const port = freePort();
    {
      await using _exporter = start(
        "prometheus-node-exporter",
        ...["--collector.disable-defaults", "--collector.textfile"],
        `--collector.textfile.directory=${dir}`,
        `--web.listen-address=127.0.0.1:${port}`,
      );
      const text = await answerOf(`http://127.0.0.1:${port}/metrics`);
      assertMatch(text, /^allora_pipeline_windows_total\{outcome="met",topic="1"\} 0$/m);
      assertMatch(text, /^allora_pipeline_wallet_balance_allo\{worker="allo1\w+"\} \S+$/m);
      assertMatch(text, /^node_textfile_scrape_error 0$/m);
      assertMatch(text, /^node_textfile_mtime_seconds\{file="[^"]*allora-pipeline\.prom"\} /m);
    }
    await Deno.remove(dir, { recursive: true });
  },
});
