import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { startDevnet } from "../../src/devnet/start.ts";
import { HOURLY } from "../cycle/practice.ts";
import { lineOf, patient } from "./doctor_bench.ts";
import { runMain } from "./run_main.ts";

const SUBJECTS = [
  ...["system", "settings", "permissions", "endpoints", "clock", "wallet", "keys", "market"],
  ...["topics", "model", "ledger", "units", "alerts"],
];

Deno.test("doctor finds nothing wrong with a worker that is well, a block per subject", async () => {
  await using it = await patient();
  const { code, stdout } = await it.text();
  assertEquals(code, 0, stdout);
  const blocks = stdout.split("\n").filter((line) => /^[a-z]+$/.test(line));
  assertEquals(blocks, SUBJECTS);
  assertMatch(stdout, /^ {2}ok {4}program: allora-pipeline .*Deno \d/m);
  assertMatch(stdout, /^ {2}ok {4}credential .*\/data\/mnemonic: readable, mode 0600$/m);
  assertMatch(
    stdout,
    /^ {2}ok {4}schedule of topic 1: epoch 720 blocks \(about 60 min\), window 600/m,
  );
  assertMatch(stdout, /^ {2}warn {2}units: .*\n {8}To fix, run: sudo allora-pipeline install$/m);
  assertMatch(stdout, /^\d+ ok, \d+ warnings?, 0 failed$/m);
  const { lines } = await it.doctor();
  for (const { verdict, fix, message } of lines) {
    assertEquals(verdict === "ok", fix === null, message);
  }
});

Deno.test("doctor --offline looks at what needs no network, and at nothing else", async () => {
  // The wall clock is years past the devnet's.
  await using it = await patient({ env: "ALLORA_MODEL_MAX_AGE=3650d\n" });
  await it.worker.devnet[Symbol.asyncDispose]();
  const { code, lines } = await it.doctor("--offline");
  assertEquals(code, 0);
  const blocks = new Set(lines.map(({ block }) => block));
  const online = ["endpoints", "clock", "market", "topics"];
  assertEquals([...blocks], SUBJECTS.filter((name) => !online.includes(name)));
  const { lines: found } = await it.doctor();
  assertEquals(lineOf(found, "endpoints").verdict, "fail");
  assertEquals(lineOf(found, "clock", "clock").verdict, "fail");
});

Deno.test("a wallet that only the units see is fine while runs go well", async () => {
  await using it = await patient();
  await Deno.remove(`${it.cwd}/data/mnemonic`);
  assertEquals(lineOf((await it.doctor()).lines, "credential").verdict, "fail");
  it.worker.ledger.rememberAddress("0123456789abcdef", it.worker.address);
  it.worker.ledger.finishRun("submit", { exitCode: 0, topics: new Map() });
  const { code, lines } = await it.doctor();
  assertEquals(code, 0, JSON.stringify(lines));
  assertMatch(lineOf(lines, "credential").message, /^not in sight here, but the last run could/);
});

Deno.test("doctor tells a missing key from a wrong one, and asks the venue only once it has one", async () => {
  let asked = 0;
  await using venue = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    asked++;
    if (request.headers.get("x-api-key") !== "the-right-key") {
      return Response.json({ error: "invalid key" }, { status: 401 });
    }
    return Response.json({ count: 0, next: null, previous: null, results: [] });
  });
  const atlas =
    `ALLORA_VENUES=binance,atlas\nALLORA_ATLAS_URL=http://127.0.0.1:${venue.addr.port}\n`;
  await using it = await patient();
  await Deno.writeTextFile(`${it.cwd}/topics/1.env`, HOURLY + atlas);
  const key = async () => lineOf((await it.doctor()).lines, "key");

  const missing = await key();
  assertEquals([missing.verdict, missing.subject], ["fail", "atlas"]);
  assertMatch(missing.message, /^Cannot use the key of atlas in .*: it is missing$/);
  assertMatch(missing.fix ?? "", /^\(umask 077; .*\) # Paste the key and end with Ctrl-D$/);
  assertEquals(asked, 0);

  await Deno.writeTextFile(`${it.cwd}/data/atlas-key`, "a-wrong-key\n", { mode: 0o600 });
  const wrong = await key();
  assertEquals(wrong.verdict, "fail");
  assertMatch(wrong.message, /^the venue refuses the key in .*: .*status is 401/);
  assert(!wrong.message.includes("a-wrong-key") && asked > 0);

  await Deno.writeTextFile(`${it.cwd}/data/atlas-key`, "the-right-key\n");
  const right = await key();
  assertEquals(right.verdict, "ok", right.message);
  const offline = lineOf((await it.doctor("--offline")).lines, "key");
  assertMatch(offline.message, /not tried offline/);
});

Deno.test("doctor says what keeps the wallet from submitting before a transaction is spent", async () => {
  const topics = defaultTopics(10).map((topic) =>
    topic.id === 1
      ? { ...topic, workerWhitelist: ["allo19rl4cm2hmr8afy4kldpxz3fka4jguq0ajnh7gv"] }
      : topic
  );
  await using it = await patient({ topics, env: "ALLORA_AUTO_REGISTER=no\n" });
  const { code, lines } = await it.doctor();
  assertEquals(code, 1);
  const whitelist = lineOf(lines, "whitelist");
  assertEquals([whitelist.verdict, whitelist.topic_id], ["fail", "1"]);
  const registered = lineOf(lines, "registered");
  assertEquals([registered.verdict, registered.fix], [
    "fail",
    "allora-pipeline wallet register --topic 1",
  ]);
  assertEquals(lineOf(lines, "balance").verdict, "ok");
  const poor = (await it.doctor("--health-balance", "5,0.5")).lines;
  assertEquals(lineOf(poor, "balance").verdict, "warn");

  await Deno.chmod(`${it.cwd}/data/mnemonic`, 0o644);
  const wide = lineOf((await it.doctor()).lines, "credential");
  assertEquals(wide.verdict, "fail");
  assertMatch(wide.fix ?? "", /^chmod 600 .*mnemonic$/);
  await Deno.remove(`${it.cwd}/data/mnemonic`);
  const missing = lineOf((await it.doctor()).lines, "credential");
  assertEquals(missing.verdict, "fail");
  assertMatch(missing.message, /it is missing/);
});

Deno.test("doctor holds the settings of each topic to what the chain says of it", async () => {
  const topics = defaultTopics(10).map((topic) =>
    topic.id === 2
      ? { ...topic, epochLength: 100, submissionWindow: 80 }
      : topic.id === 3
      ? { ...topic, active: false }
      : topic
  );
  const files = {
    "1": HOURLY,
    "2": "ALLORA_TARGET=price\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=2h\n",
    "3": "ALLORA_TARGET=price\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n",
    "77": HOURLY,
    "x": HOURLY,
  };
  await using it = await patient({ topics, files, isTrained: false });
  it.worker.devnet.step(30);
  const { code, lines } = await it.doctor();
  assertEquals(code, 1);
  const of = (id: string, topic: string) =>
    lines.find((line) => line.block === "topics" && line.id === id && line.topic_id === topic);
  assertEquals(of("chain's view", "1")?.verdict, "ok");
  assertEquals(of("chain's view", "77")?.message, "allora-devnet-1 has no such topic");
  assertEquals([of("chain's view", "77")?.verdict, of("chain's view", "77")?.fix], [
    ...["fail", `rm ${it.cwd}/topics/77.env`],
  ]);
  assertEquals(of("chain's view", "3")?.verdict, "warn");
  assertEquals(of("settings", "1")?.verdict, "ok");
  assertEquals(of("settings", "2")?.verdict, "warn");
  assertMatch(
    of("settings", "2")?.message ?? "",
    /ALLORA_PAIR is BTC\/USD, the topic says ETH\/USD/,
  );
  assertMatch(
    of("settings", "2")?.message ?? "",
    /ALLORA_HORIZON is 2 h, .* ALLORA_TARGET is price/,
  );
  assertMatch(of("schedule", "2")?.message ?? "", /\(about 8\.3 min\).*: it needs the daemon$/);
  const broken = lines.filter((line) => line.block === "settings" && line.verdict === "fail");
  assertMatch(broken[0]?.message ?? "", /topics\/x\.env: its name is not a topic's id/);
  const models = lines.filter(({ id }) => id === "model");
  assertEquals(new Set(models.map(({ verdict }) => verdict)), new Set(["warn"]));
});

Deno.test("doctor names a model that was trained for other settings, and candles that are stale", async () => {
  await using it = await patient();
  await Deno.writeTextFile(`${it.cwd}/topics/1.env`, HOURLY.replace("1h", "2h"));
  const { code, lines } = await it.doctor();
  assertEquals(code, 1);
  const record = lineOf(lines, "record");
  assertMatch(record.message, /it was trained for log-return of BTC\/USD over 3600000 ms/);
  assertEquals(record.fix, "allora-pipeline train --topic 1");
  await Deno.writeTextFile(
    `${it.cwd}/topics/1.env`,
    `${HOURLY}ALLORA_BINANCE_URL=http://127.0.0.1:1\n`,
  );
  assertEquals(lineOf((await it.doctor()).lines, "market").verdict, "fail");
});

Deno.test("doctor compares the endpoints", async () => {
  await using it = await patient();
  it.worker.devnet.step(60);
  const url = it.worker.devnet.rpcUrl;
  await using other = await startDevnet({ manual: true });
  other.step(61);
  await using lagging = await startDevnet({ manual: true });
  lagging.step(20);
  const two = (await it.doctor("--rpc", `${url},${other.rpcUrl}`)).lines;
  assertEquals(lineOf(two, "endpoints").verdict, "ok");
  const { code, lines } = await it.doctor("--rpc", `${url},${lagging.rpcUrl},http://127.0.0.1:1`);
  assertEquals(code, 0);
  assertEquals(lineOf(lines, "endpoints").verdict, "warn");
  const bad = lines.filter(({ id, verdict }) => id === "endpoint" && verdict === "warn");
  assertMatch(bad[0]?.message ?? "", /is not used: at block \d+ it is \d+ blocks behind/);
  assertEquals(bad.length, 2);
});

Deno.test("doctor sees who may change what steers the program", async () => {
  await using it = await patient();
  await Deno.chmod(`${it.cwd}/topics`, 0o777);
  await Deno.chmod(`${it.cwd}/data`, 0o755);
  const { code, lines } = await it.doctor("--offline");
  assertEquals(code, 1);
  const topics = lineOf(lines, "topics", "permissions");
  assertEquals([topics.verdict, topics.fix], ["fail", `chmod go-w ${it.cwd}/topics`]);
  assertEquals(lineOf(lines, "state", "permissions").verdict, "warn");
});

Deno.test({
  name: "doctor sees files of another owner in the state directory",
  ignore: Deno.uid() !== 0,
  async fn() {
    await using it = await patient();
    await Deno.chown(`${it.cwd}/data/ledger.db`, 65_534, 65_534);
    const owner = lineOf((await it.doctor("--offline")).lines, "owner");
    assertMatch(owner.message, /^ledger\.db of another owner/);
    assertEquals(owner.fix, `chown -R 0:0 ${it.cwd}/data`);
  },
});

Deno.test("doctor --settings prints what is in force and where it comes from, and no secret", async () => {
  await using it = await patient();
  const rpc = "https://node.example/secretpath123,https://plain.example";
  const { code, stdout } = await it.text("--settings", "--rpc", rpc);
  assertEquals(code, 0);
  const row = (name: string) =>
    stdout.split("\n").find((line) => line.startsWith(`${name} `)) ?? "";
  assertMatch(row("ALLORA_RPC"), /https:\/\/node\.example\/\*{4},https:\/\/plain\.example +--rpc$/);
  assertMatch(row("ALLORA_CHAIN_ID"), /allora-devnet-1 +\.env:2$/);
  assertMatch(row("ALLORA_RPC_TIMEOUT"), /10s +default$/);
  assertMatch(row("ALLORA_PAIR"), /BTC\/USD +topics\/1\.env:2$/);
  assertMatch(row("ALLORA_MNEMONIC_FILE"), /\/data\/mnemonic \(\*{4}\) +default$/);
  const words = await Deno.readTextFile(`${it.cwd}/data/mnemonic`);
  assert(!stdout.includes(words) && !stdout.includes("secretpath123"));
  const { sections } = JSON.parse((await it.text("--settings", "--json")).stdout);
  assertEquals(sections.map(({ topic_id }: { topic_id: string | null }) => topic_id), [null, "1"]);
});

Deno.test("doctor says what is wrong with settings that cannot be read, and of a fresh install what is missing", async () => {
  const cwd = await Deno.makeTempDir();
  const env = { ALLORA_RPC: "http://127.0.0.1:1" };
  const fresh = await runMain(["doctor"], { cwd, env });
  assertEquals(fresh.code, 1);
  assertStringIncludes(fresh.stdout, "settings: no topic is on: nothing is predicted");
  assertMatch(
    fresh.stdout,
    /^ {2}fail {2}credential .*: Cannot use the mnemonic .* it is missing$/m,
  );
  assertMatch(fresh.stdout, /^ {2}ok {4}ledger: .* none yet/m);
  assertEquals([...Deno.readDirSync(cwd)], []);

  await Deno.writeTextFile(`${cwd}/.env`, "ALLORA_RPC_TIMEOUT=soon\n");
  const broken = await runMain(["doctor"], { cwd });
  assertEquals(broken.code, 1);
  assertMatch(broken.stdout, /^ {2}fail {2}settings: Cannot use ALLORA_RPC_TIMEOUT in \.env:1/m);
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("doctor --go-live answers seven questions and rehearses: GO, and NO GO without a wallet", async () => {
  await using it = await patient();
  it.worker.stepUntil("open");
  const go = await it.text("--go-live");
  assertEquals(go.code, 0, go.stdout);
  const questions = [...go.stdout.matchAll(/^([1-7]) /gm)].map(([, number]) => number);
  assertEquals(questions, ["1", "2", "3", "4", "5", "6", "7"]);
  assertMatch(
    go.stdout,
    /rehearsal of topic 1: \S+ was signed and simulated: the chain would take it$/m,
  );
  assertMatch(go.stdout, /\nGO\n$/);
  assertEquals(await it.worker.sequence(), 0n);

  it.worker.stepUntil("closed");
  const closed = await it.text("--go-live");
  assertEquals(closed.code, 0);
  assertMatch(closed.stdout, /is accepted; there is no open window to simulate it for$/m);

  await Deno.remove(`${it.cwd}/data/mnemonic`);
  const no = await it.text("--go-live");
  assertEquals(no.code, 1);
  assertMatch(no.stdout, /rehearsal: not tried: what it rests on failed$/m);
  assertMatch(no.stdout, /\nNO GO\n$/);
  const { go: isGo } = JSON.parse((await it.text("--go-live", "--json")).stdout);
  assertEquals(isGo, false);
  assertEquals((await it.text("--go-live", "--offline")).code, 64);
});

Deno.test("doctor says who would be told when something is wrong, and which channel is set up wrongly", async () => {
  await using it = await patient();
  const alerts = async (...args: string[]) =>
    (await it.doctor("--offline", ...args)).lines.filter(({ block }) => block === "alerts")
      .map(({ id, subject, verdict }) => [id, subject, verdict]);
  assertEquals(await alerts(), [["channels", null, "warn"]]);
  const hook = `${it.cwd}/data/slack-webhook`;
  await Deno.writeTextFile(hook, "https://hooks.example/T0/B0/secret\n", { mode: 0o600 });
  assertEquals(await alerts(), [["channel", "slack", "ok"], ["channels", null, "ok"]]);
  await Deno.chmod(hook, 0o644);
  assertEquals(await alerts(), [["channel", "slack", "fail"], ["channels", null, "warn"]]);
  await Deno.remove(hook);
  const mail = ["--smtp-host", "smtp.example.org"];
  assertEquals(await alerts(...mail), [["channel", "email", "fail"], ["channels", null, "warn"]]);
  assertEquals(await alerts(...mail, "--mail-to", "ops@example.org"), [
    ...[["channel", "email", "ok"], ["channels", null, "ok"]],
  ]);
  // What a channel needs is read before it is called on.
  const whole = [...mail, "--mail-to", "ops@example.org"];
  const off = [["channel", "email", "fail"], ["channels", null, "warn"]];
  assertEquals(await alerts(...whole, "--smtp-user", "me"), off);
  assertEquals(await alerts(...whole, "--smtp-ca-file", `${it.cwd}/no-ca.pem`), off);
});
