import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { envExample, SETTINGS, settingsHelp } from "../../src/settings.ts";
import { TOPIC, workspace } from "./workspace.ts";

Deno.test("loadSettings() of an empty directory gives the defaults and no topic", () => {
  using here = workspace();
  const settings = here.load();
  assertEquals(settings.rpc, ["https://allora-rpc.testnet.allora.network"]);
  assertEquals(settings.chainId, "allora-testnet-1");
  assertEquals(settings.rpcTimeoutMs, 10_000);
  assertEquals(settings.runTimeoutMs, 240_000);
  assertEquals(settings.gasPriceMargin, 1.05);
  assertEquals(settings.feeGranter, undefined);
  assertEquals(settings.autoRegister, true);
  assertEquals(settings.logLevel, "info");
  assertEquals(settings.topics, []);
  assertEquals(settings.stateDir, `${here.cwd}/data`);
  assertEquals(settings.logDir, `${here.cwd}/logs`);
  assertEquals(settings.mnemonicFile, `${here.cwd}/data/mnemonic`);
});

Deno.test("loadSettings() prefers flag, topic file, environment, global file, default, in this order", () => {
  using here = workspace({ "topics/1.env": TOPIC });
  const seen = [here.load().topics[0]?.intervalMs];
  here.write(".env", "ALLORA_INTERVAL=2h\n");
  seen.push(here.load().topics[0]?.intervalMs);
  const env = { ALLORA_INTERVAL: "4h" };
  seen.push(here.load({ env }).topics[0]?.intervalMs);
  here.write("topics/1.env", `${TOPIC}ALLORA_INTERVAL=6h\n`);
  seen.push(here.load({ env }).topics[0]?.intervalMs);
  const flags = { interval: "8h" };
  const last = here.load({ env, flags });
  seen.push(last.topics[0]?.intervalMs);
  assertEquals(seen, [1, 2, 4, 6, 8].map((hours) => hours * 3_600_000));
  assertEquals(last.topics[0]?.sources.get("ALLORA_INTERVAL"), "--interval");
  assertEquals(here.load({ env }).topics[0]?.sources.get("ALLORA_INTERVAL"), "topics/1.env:4");
});

Deno.test("loadSettings() takes an empty value for one that is not set", () => {
  using here = workspace({ ".env": "ALLORA_CHAIN_ID=\n" });
  assertEquals(here.load({ env: { ALLORA_CHAIN_ID: "" } }).chainId, "allora-testnet-1");
});

Deno.test("loadSettings() types every kind of value", () => {
  using here = workspace({
    ".env":
      "# mine\nTZ=UTC\nALLORA_RPC=http://127.0.0.1:26657/,https://node.example/rpc\nALLORA_AUTO_REGISTER=no\n",
    "topics/7.env":
      "ALLORA_TARGET=labels\nALLORA_PAIR=ETH/USD\nALLORA_HORIZON=7d\nALLORA_LABELS=low, mid, high\n" +
      "ALLORA_VENUES=csv:candles.csv,binance,atlas,kraken\nALLORA_HISTORY=900d\nALLORA_BARRIER=0.75\n",
  });
  const settings = here.load({ flags: { "rpc-timeout": "500ms", "state-dir": "elsewhere" } });
  assertEquals(settings.rpc, ["http://127.0.0.1:26657", "https://node.example/rpc"]);
  assertEquals(settings.autoRegister, false);
  assertEquals(settings.rpcTimeoutMs, 500);
  assertEquals(settings.stateDir, `${here.cwd}/elsewhere`);
  const [topic] = settings.topics;
  assertEquals(topic?.topicId, 7n);
  assertEquals(topic?.target, "labels");
  assertEquals(topic?.horizonMs, 604_800_000);
  assertEquals(topic?.labels, ["low", "mid", "high"]);
  assertEquals(topic?.barrier, 0.75);
  assertEquals(topic?.venues, [
    { kind: "csv", path: `${here.cwd}/candles.csv` },
    { kind: "binance" },
    { kind: "atlas" },
    { kind: "kraken" },
  ]);
  assertEquals(topic?.maxDisagreement, 0.01);
});

Deno.test("loadSettings() takes a learner, a URL, a file and an ONNX graph for a model", () => {
  using here = workspace();
  const modelOf = (text: string) => {
    here.write("topics/1.env", `${TOPIC}ALLORA_MODEL=${text}\n`);
    return here.load().topics[0]?.model;
  };
  assertEquals(modelOf("har"), "har");
  for (
    const url of [
      "http://127.0.0.1:8000/predict/",
      "http://localhost/",
      "http://[::1]:9/",
      "https://a.example/x",
    ]
  ) {
    assertEquals(modelOf(url), { kind: "http", url });
  }
  assertEquals(modelOf("file:/var/p.json"), { kind: "file", path: "/var/p.json" });
  assertEquals(modelOf("file:p.json"), { kind: "file", path: `${here.cwd}/p.json` });
  assertEquals(modelOf("onnx:m.onnx"), { kind: "onnx", path: `${here.cwd}/m.onnx` });
  assertEquals(here.load().topics[0]?.modelTimeoutMs, 20_000);
});

Deno.test("loadSettings() sorts topics by id and leaves other files in topics/ alone", () => {
  using here = workspace({
    "topics/10.env": TOPIC,
    "topics/9.env": TOPIC,
    "topics/9.env.off": "not read",
    "topics/README": "not read",
  });
  assertEquals(here.load().topics.map(({ topicId }) => topicId), [9n, 10n]);
});

Deno.test("loadSettings() uses the machine's directories once /etc/allora-pipeline exists", () => {
  using here = workspace({
    ".env": "ALLORA_CHAIN_ID=not-this\n",
    "machine/etc/allora-pipeline/allora-pipeline.env": "ALLORA_CHAIN_ID=allora-mainnet-1\n",
    "machine/etc/allora-pipeline/topics/2.env": TOPIC,
  });
  const machine = `${here.cwd}/machine`;
  const settings = here.load();
  assertEquals(settings.chainId, "allora-mainnet-1");
  assertEquals(settings.topics.length, 1);
  assertEquals(settings.stateDir, `${machine}/var/lib/allora-pipeline`);
  assertEquals(settings.logDir, `${machine}/var/log/allora-pipeline`);
  assertEquals(settings.mnemonicFile, `${machine}/etc/allora-pipeline/mnemonic`);
});

Deno.test("loadSettings() takes systemd's directories and its credential where there is one", () => {
  using here = workspace({
    "credentials/mnemonic": "",
    "credentials/tiingo-key": "",
    "machine/etc/allora-pipeline/x": "",
  });
  const env = {
    STATE_DIRECTORY: "/state:/second",
    LOGS_DIRECTORY: "/logs",
    CREDENTIALS_DIRECTORY: `${here.cwd}/credentials`,
  };
  const settings = here.load({ env });
  assertEquals([settings.stateDir, settings.logDir], ["/state", "/logs"]);
  assertEquals(settings.mnemonicFile, `${here.cwd}/credentials/mnemonic`);
  assertEquals(settings.tiingoKeyFile, `${here.cwd}/credentials/tiingo-key`);
  assertEquals(settings.atlasKeyFile, `${here.cwd}/machine/etc/allora-pipeline/atlas-key`);
  assertEquals(settings.credentialsDir, `${here.cwd}/credentials`);
  const without = here.load({ env: { ...env, CREDENTIALS_DIRECTORY: "/nonexistent" } });
  assertEquals(without.mnemonicFile, `${here.cwd}/machine/etc/allora-pipeline/mnemonic`);
});

Deno.test("loadSettings() ignores ALLORA_ variables of other programs unless they look like a typing error", () => {
  using here = workspace();
  here.load({ env: { ALLORA_TOPIC: "1", ALLORA_API_KEY: "UP-abc", PATH: "/bin" } });
  const { message, hint } = here.failure({ env: { ALLORA_RCP: "http://x" } });
  assertEquals(message, "Cannot use ALLORA_RCP from the environment: it is not a setting");
  assertEquals(hint, "Did you mean ALLORA_RPC?");
});

Deno.test("envExample() is read back as the defaults, once it says what a topic predicts", () => {
  using here = workspace();
  const before = here.load();
  here.write(".env", envExample("global"));
  here.write("topics/1.env", envExample("topic"));
  const { topics, ...after } = here.load();
  assertEquals({ ...after, topics: [] }, before);
  assertEquals(topics[0]?.target, "log-return");
  // What is commented out must be right as well, once it has a value.
  for (const [file, scope] of [[".env", "global"], ["topics/1.env", "topic"]] as const) {
    here.write(file, envExample(scope).replace(/^#(ALLORA_\w+=.+)$/gm, "$1"));
  }
  assertEquals(here.load().topics.length, 1);
});

Deno.test("every setting has a name, a flag, a meaning and a place in help and examples", () => {
  const help = settingsHelp();
  const examples = envExample("global") + envExample("topic");
  assertEquals(new Set(SETTINGS.map(({ flag }) => flag)).size, SETTINGS.length);
  for (const { name, flag, meaning, secret, type } of SETTINGS) {
    assertMatch(name, /^ALLORA_[A-Z_]+$/);
    assertEquals(`ALLORA_${flag.replaceAll("-", "_").toUpperCase()}`, name);
    assertStringIncludes(help, `--${flag} ${type.word}`);
    assertStringIncludes(help, meaning);
    assertMatch(examples, new RegExp(`^#?${name}=`, "m"));
    assertEquals(
      secret ?? false,
      /_(MNEMONIC|KEY|WEBHOOK|HEARTBEAT_URL|SMTP_PASSWORD)_FILE$/.test(name),
    );
  }
  assert(help.includes("log-return, price, volatility, labels"));
});

Deno.test("loadSettings() leaves out a topic whose file is wrong, and keeps the others", () => {
  using place = workspace({
    "topics/1.env": TOPIC,
    "topics/2.env": TOPIC.replace("log-return", "returns"),
    "topics/btc.env": TOPIC,
  });
  const { topics, broken } = place.load();
  assertEquals(topics.map(({ topicId }) => topicId), [1n]);
  assertEquals(
    broken.map(({ topicId, error }) => [topicId, error.message.split(":")[0]]),
    [
      [undefined, "Cannot read topics/btc.env"],
      [2n, "Cannot use ALLORA_TARGET in topics/2.env"],
    ],
  );
});

Deno.test("an amount of ALLO is exact to its last decimal", () => {
  using here = workspace();
  const cap = (text: string) => here.load({ env: { ALLORA_MAX_FEE_PER_DAY: text } });
  assertEquals(here.load().maxFeePerDayUallo, 10n ** 18n);
  assertEquals(cap("0.000000000000000001").maxFeePerDayUallo, 1n);
  assertEquals(cap("12.5").maxFeePerDayUallo, 12_500_000_000_000_000_000n);
  for (const text of ["1e3", "-1", ".5", "1.0000000000000000001"]) {
    const { message } = here.failure({ env: { ALLORA_MAX_FEE_PER_DAY: text } });
    assertStringIncludes(message, "an amount of ALLO such as 0.5");
  }
});
