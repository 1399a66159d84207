import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { envExample } from "../../src/settings.ts";
import { bench, settingsIn } from "./init_bench.ts";
import { runMain } from "./run_main.ts";

/** Twelve words of the BIP-39 test vectors: nobody's wallet. */
const PHRASE = `${"abandon ".repeat(11)}about`;
const ADDRESS = "allo19rl4cm2hmr8afy4kldpxz3fka4jguq0ajnh7gv";
const HOOK = "https://hooks.example.org/services/T0/B0/very-secret";

Deno.test("init with flags leads from nothing to a confirmed submission", async () => {
  await using at = await bench();
  const { code, stdout, stderr } = await at.init("--topics", "1,3", "--wallet", "new");
  assertEquals([code, stderr], [0, ""], stdout);
  const files = at.files();
  assertEquals(settingsIn(files["topics/3.env"]), {
    ALLORA_TARGET: "price",
    ALLORA_PAIR: "BTC/USD",
    ALLORA_HORIZON: "1h",
  });
  assertEquals(settingsIn(files[".env"])["ALLORA_CHAIN_ID"], at.devnet.chain.chainId);
  assertEquals((Deno.statSync(`${at.cwd}/data/mnemonic`).mode ?? 0) & 0o777, 0o600);
  // In its file, and nobody was there to show it to.
  const words = files["data/mnemonic"]!.trim().split(" ");
  assertEquals(words.length, 24);
  assert(!words.slice(1).some((word, i) => stdout.includes(`${words[i]} ${word}`)), stdout);
  for (
    const said of [
      "of the faucet",
      "topic 1: model",
      "topic 3: model",
      ": GO",
      "the timer, every 5 minutes",
      "allora-pipeline submit ",
    ]
  ) assertStringIncludes(stdout, said);

  const visit = JSON.parse((await at.run("submit", "--json")).stdout);
  assertEquals(
    visit.topics.map(({ topic_id, outcome }: Record<string, string>) => [topic_id, outcome]),
    [["1", "confirmed"], ["3", "confirmed"]],
  );

  await secondRun(at);
});

/** A second run keeps every byte, trains nothing again, and asks for nothing. */
async function secondRun(at: Awaited<ReturnType<typeof bench>>): Promise<void> {
  const before = at.files();
  const again = await at.run("init", "--yes", "--json");
  assertEquals([again.code, again.stderr], [0, ""]);
  const { files, wallet, steps, go } = JSON.parse(again.stdout);
  assertEquals([files, wallet.state, go], [[], "kept", true]);
  assertMatch(steps[1].said, /^has model/);
  assertEquals(at.files(), before);
}

Deno.test("a dry run says what it would write, and writes nothing", async () => {
  await using at = await bench();
  const { code, stdout, stderr } = await at.init("--topics", "1", "--dry-run");
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "would write data/mnemonic, mode 0600");
  assertStringIncludes(stdout, "would write topics/1.env\n  ALLORA_TARGET=log-return");
  assertStringIncludes(stdout, "nothing was written");
  assertEquals([...Deno.readDirSync(at.cwd)], []);
});

Deno.test("what a person wrote stays, line by line; what is missing takes its place in the example", async () => {
  await using at = await bench();
  const example = envExample().replace("#ALLORA_LOG_LEVEL=info", "# mine\nALLORA_LOG_LEVEL=warn");
  at.write(".env", example);
  const { code, stdout } = await at.init("--topics", "1", "--files-only");
  assertEquals(code, 0, stdout);
  const before = example.split("\n");
  const after = at.files()[".env"]!.split("\n");
  const changed = after.filter((line) => !before.includes(line));
  assertEquals(changed.map((line) => line.split("=")[0]), [
    ...["ALLORA_RPC", "ALLORA_CHAIN_ID", "ALLORA_FAUCET_URL"],
    // Topics' settings, here for all of them, have no line in the example.
    ...["ALLORA_MODEL", "ALLORA_BINANCE_URL", "ALLORA_VENUES"],
  ]);
  assertEquals(after.filter((line) => line.startsWith("#ALLORA_RPC=")), []);
  assertStringIncludes(stdout, "There already, and kept:\n  settings  .env: ALLORA_LOG_LEVEL");
});

Deno.test("keys and channels are copied from files with mode 0600, and shown nowhere", async () => {
  await using at = await bench();
  at.write("hook", `${HOOK}\n`);
  at.write("key", "atlas-key-of-nobody\n");
  at.write("words", `${PHRASE}\n`);
  const given = ["--topics", "1", "--files-only", "--slack-webhook-file", "hook"];
  const flags = [...given, "--atlas-key-file", "key", "--mnemonic-file", "words"];
  const { code, stdout, stderr } = await at.init(...flags, "--json");
  assertEquals([code, stderr], [0, ""]);
  const { wallet, channels } = JSON.parse(stdout);
  assertEquals([wallet.address, wallet.state, channels], [ADDRESS, "imported", ["slack"]]);
  assert(!/very-secret|key-of-nobody|abandon/.test(stdout), stdout);
  const files = at.files();
  assertEquals(files["data/slack-webhook"], `${HOOK}\n`);
  assertEquals(settingsIn(files[".env"])["ALLORA_VENUES"], "atlas,binance");
  for (const name of ["slack-webhook", "atlas-key", "mnemonic"]) {
    assertEquals((Deno.statSync(`${at.cwd}/data/${name}`).mode ?? 0) & 0o777, 0o600, name);
  }
  assert(!/very-secret|key-of-nobody|abandon/.test(files[".env"]!));
  const again = await at.init(...flags, "--json");
  assertEquals([again.code, JSON.parse(again.stdout).files], [0, []]);
});

Deno.test("what would drop or change something is refused with the command that keeps it", async (t) => {
  await using at = await bench();
  at.write("words", `${PHRASE}\n`);
  at.write("hook", `${HOOK}\n`);
  at.write("other", `${HOOK}-2\n`);
  const first = ["--topics", "1,2", "--mnemonic-file", "words", "--slack-webhook-file", "hook"];
  assertEquals((await at.init(...first, "--files-only")).code, 0);
  const before = at.files();
  const CASES: readonly [flags: readonly string[], refuses: string, keeps: string][] = [
    [["--topics", "2,3"], "Cannot leave out topic 1", "allora-pipeline init --topics 1,2,3 --yes"],
    [
      ["--network", "mainnet"],
      "Cannot set ALLORA_CHAIN_ID to allora-mainnet-1: .env:",
      "init --yes",
    ],
    [["--rpc", "http://127.0.0.1:1"], "Cannot set ALLORA_RPC", "init --yes"],
    [["--model", "zero"], "Cannot set ALLORA_MODEL to zero: .env:", "init --yes"],
    [["--wallet", "new"], "a wallet is never written over", "init --wallet keep --yes"],
    [["--slack-webhook-file", "other"], "data/slack-webhook is there and holds another", "--yes"],
  ];
  for (const [flags, refuses, keeps] of CASES) {
    await t.step(flags.join(" "), async () => {
      const { code, stderr } = await at.run("init", ...flags, "--yes");
      assertEquals(code, 78, stderr);
      assertStringIncludes(stderr, refuses);
      assertStringIncludes(stderr, `to keep what is set: `);
      assertStringIncludes(stderr, keeps);
      assertEquals(at.files(), before);
    });
  }
});

Deno.test("what cannot be used is refused before anything is written", async (t) => {
  await using at = await bench();
  at.write("open", `${HOOK}\n`, 0o644);
  at.write("words", `${PHRASE} about\n`);
  const before = at.files();
  const CASES: readonly [flags: readonly string[], code: number, says: string][] = [
    [["--topics", "99"], 78, "Cannot use topic 99: allora-devnet-1 has none of this id"],
    [["--topics", "1,x"], 64, 'Cannot use --topics "1,x"'],
    [[], 64, "Cannot ask: --topics is missing"],
    [["--topics", "1", "--wallet", "old"], 64, "allowed is one of new, import, keep"],
    [["--topics", "1", "--wallet", "keep"], 64, "there is none at"],
    [["--topics", "1", "--wallet", "import"], 64, "Cannot ask: --mnemonic-file is missing"],
    [["--topics", "1", "--mnemonic-file", "words"], 78, "it has 13 words"],
    [["--topics", "1", "--alerts", "pigeon"], 64, 'Cannot use --alerts "pigeon"'],
    [["--topics", "1", "--alerts", "slack"], 64, "Cannot ask: --slack-webhook-file is missing"],
    [["--topics", "1", "--slack-webhook-file", "open"], 77, "its mode is 0644, wider than 0600"],
    [["--topics", "1", "--venues", "nyse"], 64, "Cannot use --venues"],
    [["--topics", "1", "--horizon", "soon"], 64, "Cannot use --horizon"],
  ];
  for (const [flags, code, says] of CASES) {
    await t.step(flags.join(" ") || "no topics", async () => {
      const ended = await at.init(...flags);
      assertEquals(ended.code, code, ended.stderr);
      assertStringIncludes(ended.stderr, says);
      assertEquals(at.files(), before);
    });
  }
  await t.step("nobody to ask", async () => {
    const ended = await at.run("init");
    assertEquals(ended.code, 64);
    assertStringIncludes(ended.stderr, "--network is missing");
    assertStringIncludes(ended.stderr, "give --network, or --yes for what is usual");
  });
  await t.step("a network with a chain id of its own", async () => {
    const ended = await at.run("init", "--network", "mainnet", "--chain-id", "x", "--yes");
    assertEquals(ended.code, 64);
    assertStringIncludes(ended.stderr, "Cannot use --chain-id");
  });
});

Deno.test("a topic's file says what the topic says, in candles that fit its horizon", async () => {
  const [first, ...rest] = defaultTopics(10);
  const topics = [
    { ...first!, metadata: "PLAYGROUND FAST 5 minute BTC/USD Price Prediction" },
    { ...rest[0]!, metadata: "something with gold", active: false },
    { ...rest[3]!, labelWhitelist: ["bear", "flat", "bull"] },
  ];
  await using at = await bench({ topics });
  const silent = await at.init("--topics", "2", "--files-only");
  assertEquals(silent.code, 64);
  assertStringIncludes(silent.stderr, "Cannot ask: --horizon is missing");

  const flags = ["--topics", "1,2", "--files-only", "--horizon", "5m", "--pair", "XAU/USD"];
  const { code, stdout } = await at.init(...flags, "--target", "volatility");
  assertEquals(code, 0, stdout);
  assertStringIncludes(stdout, "topic 2 is not active");
  assertEquals(settingsIn(at.files()["topics/2.env"]), {
    ALLORA_TARGET: "volatility",
    ALLORA_PAIR: "XAU/USD",
    ALLORA_HORIZON: "5m",
    ALLORA_INTERVAL: "5m",
    ALLORA_HISTORY: "94d",
  });
  const more = await at.init("--topics", "1,2,5", "--files-only", "--labels", "bear,flat,bull");
  assertEquals(more.code, 0, more.stderr);
  assertEquals(settingsIn(at.files()["topics/5.env"]), {
    ALLORA_TARGET: "labels",
    ALLORA_PAIR: "BTC/USD",
    ALLORA_HORIZON: "24h",
    ALLORA_LABELS: "bear,flat,bull",
  });
});

Deno.test("without a chain that answers nothing is written", async () => {
  const cwd = await Deno.makeTempDir({ prefix: "init-" });
  const flags = ["--rpc", "http://127.0.0.1:1", "--chain-id", "x-1", "--topics", "1", "--yes"];
  const { code, stderr } = await runMain(["init", ...flags], { cwd });
  assertEquals(code, 69, stderr);
  assertEquals([...Deno.readDirSync(cwd)], []);
  await Deno.remove(cwd);
});

Deno.test("what cannot be finished is said with its cure, and the files stay for the next run", async () => {
  const [first] = defaultTopics(10);
  const topics = [{ ...first!, epochLength: 72, submissionWindow: 60 }];
  await using at = await bench({ chainId: "practice-1", topics });
  const { code, stdout } = await at.init("--topics", "1");
  assertEquals(code, 69, stdout);
  assertMatch(stdout, /fail {2}wallet: allo1\w+ holds nothing, and nobody gives ALLO away/);
  assertStringIncludes(stdout, "To fix: send ALLO to allo1");
  assertStringIncludes(stdout, "NO GO");
  assertMatch(stdout, /^ {4}1 {2}72 blocks, 6 min .* the daemon$/m);
  assertMatch(stdout, /allora-pipeline doctor --go-live +# once .*\n +allora-pipeline daemon/);

  at.devnet.fund(
    JSON.parse((await at.run("wallet", "address", "--json")).stdout).address,
    10n ** 18n,
  );
  const again = await at.run("init", "--yes");
  // The candles are of 2024, which is forgiven to a devnet alone.
  assertEquals(again.code, 1, again.stdout);
  assertMatch(again.stdout, /holds 1\.000000 ALLO$[^]*fail {2}clock: [^]*NO GO$/m);
});

Deno.test("what the environment says is set, and wins over the file: it is not asked for", async () => {
  await using at = await bench();
  const { rpcUrl, chain: { chainId } } = at.devnet;
  const env = { ALLORA_RPC: rpcUrl, ALLORA_CHAIN_ID: chainId };
  const init = (...args: string[]) => runMain(["init", "--yes", ...args], { cwd: at.cwd, env });
  const refused = await init("--network", "testnet", "--topics", "1");
  assertEquals(refused.code, 78);
  assertStringIncludes(refused.stderr, `allora-testnet-1: the environment says ${chainId}`);
  const { code, stderr } = await init("--topics", "1", "--files-only");
  assertEquals(code, 0, stderr);
  assertEquals(settingsIn(at.files()[".env"]), { ALLORA_VENUES: "binance" });
});
