import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { type Devnet, type DevnetOptions, startDevnet } from "../../src/devnet/start.ts";
import { statePaths } from "../../src/host/paths.ts";
import { tryLock } from "../../src/host/file_lock.ts";
import { type Ended, runMain } from "./run_main.ts";

/** Twelve words of the BIP-39 test vectors: nobody's wallet. */
const PHRASE = `${"abandon ".repeat(11)}about`;
const ADDRESS = "allo19rl4cm2hmr8afy4kldpxz3fka4jguq0ajnh7gv";

/** A directory with settings for a devnet, and the program in it. */
async function desk(options: DevnetOptions = {}) {
  const devnet = await startDevnet({ speed: 200, ...options });
  const cwd = await Deno.makeTempDir({ prefix: "wallet-" });
  await Deno.writeTextFile(
    `${cwd}/.env`,
    `ALLORA_RPC=${devnet.rpcUrl}\nALLORA_CHAIN_ID=${devnet.chain.chainId}\n` +
      `ALLORA_FAUCET_URL=${devnet.rpcUrl}\n`,
  );
  return {
    devnet: devnet as Devnet,
    cwd,
    wallet: (...args: string[]) => runMain(["wallet", ...args], { cwd }),
    async [Symbol.asyncDispose]() {
      await devnet[Symbol.asyncDispose]();
      await Deno.remove(cwd, { recursive: true });
    },
  };
}

const jsonOf = ({ code, stdout, stderr }: Ended) => {
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
};
const inEmptyDirectory = async (body: (cwd: string) => Promise<void>) => {
  const cwd = await Deno.makeTempDir({ prefix: "wallet-" });
  await body(cwd).finally(() => Deno.remove(cwd, { recursive: true }));
};
const modeOf = (path: string) => (Deno.statSync(path).mode ?? 0) & 0o777;

Deno.test("new, faucet, balance, register, register again, balance: a wallet's first hour", async () => {
  await using at = await desk();
  const { address } = jsonOf(await at.wallet("new", "--json"));
  const empty = jsonOf(await at.wallet("balance", "--json"));
  assertEquals([empty.balance_uallo, empty.account_number, empty.runway_days], ["0", null, null]);

  const broke = await at.wallet("register", "--topic", "2");
  assertEquals(broke.code, 69);
  assertStringIncludes(broke.stderr, "knows no such account");

  const funded = jsonOf(await at.wallet("faucet", "--json"));
  assertEquals(funded, {
    address,
    received_uallo: "100000000000000000000",
    balance_uallo: "100000000000000000000",
  });

  const rehearsed = jsonOf(await at.wallet("register", "--topic", "2", "--dry-run", "--json"));
  assertEquals([rehearsed.outcome, rehearsed.registered], ["rehearsed", false]);

  const first = await at.wallet("register", "--topic", "2");
  assertEquals(first.code, 0, first.stderr);
  assertMatch(first.stdout, /^whitelisted {7}yes$/m);
  assertMatch(first.stdout, /^registration fee {2}0\.0000000000000002 ALLO \(200 uallo\)$/m);
  const [, hash = ""] = /^transaction {7}([0-9A-F]{64})$/m.exec(first.stdout) ?? [];
  const [, height = ""] = /^height {12}(\d+)$/m.exec(first.stdout) ?? [];
  const [, fee = ""] = /^paid {14}.* \((\d+) uallo\)$/m.exec(first.stdout) ?? [];
  const included = at.devnet.chain.tx(hash);
  assertEquals([included?.result.code, String(included?.height)], [0, height]);

  const again = jsonOf(await at.wallet("register", "--topic", "2", "--json"));
  assertEquals([again.outcome, again.registered, again.tx_hash], [
    "already-registered",
    true,
    null,
  ]);

  const spent = jsonOf(await at.wallet("balance", "--json"));
  assertEquals(BigInt(spent.balance_uallo), 10n ** 20n - BigInt(fee));
  assertEquals([spent.sequence, spent.fees_24h_uallo, spent.fees_7d_uallo], [1, fee, fee]);
  assertEquals(spent.runway_days, Number(BigInt(spent.balance_uallo) * 10n / BigInt(fee)) / 10);
  const shown = await at.wallet("balance");
  assertMatch(shown.stdout, /^balance {11}99\.\d+ ALLO \(99\d{18} uallo\)$/m);
  assertMatch(shown.stdout, /^cap, 24 hours {5}1 ALLO/m);
});

Deno.test("register ends with 77, and nothing spent, where the whitelist lacks the wallet", async () => {
  const topics = defaultTopics(10).map((topic) => ({ ...topic, workerWhitelist: [ADDRESS] }));
  await using at = await desk({ topics });
  const { address } = jsonOf(await at.wallet("new", "--json"));
  jsonOf(await at.wallet("faucet", "--json"));
  const { code, stdout, stderr } = await at.wallet("register", "--topic", "2");
  assertEquals(code, 77);
  assertMatch(stdout, /^whitelisted {7}no$/m);
  assertStringIncludes(stderr, `${address} is not on its whitelist`);
  assertEquals(jsonOf(await at.wallet("balance", "--json")).balance_uallo, String(10n ** 20n));
});

Deno.test("register waits for a wallet that another program holds, submit leaves at once", async () => {
  await using at = await desk();
  const { address } = jsonOf(await at.wallet("new", "--json"));
  jsonOf(await at.wallet("faucet", "--json"));
  await Deno.mkdir(`${at.cwd}/topics`);
  await Deno.writeTextFile(
    `${at.cwd}/topics/2.env`,
    "ALLORA_TARGET=log-return\nALLORA_PAIR=ETH/USD\nALLORA_HORIZON=24h\n",
  );
  const lock = tryLock(statePaths(`${at.cwd}/data`).walletLock(address));
  assert(!("heldBy" in lock));
  const registering = at.wallet("register", "--topic", "2", "--json");
  const submitted = await runMain(["submit"], { cwd: at.cwd });
  assertEquals(submitted.code, 75);
  assertStringIncludes(submitted.stderr, `held by pid ${Deno.pid}`);
  lock[Symbol.dispose]();
  assertEquals(jsonOf(await registering).outcome, "registered");
});

Deno.test("a faucet that is asked too often ends with 75 and says when to come back", async () => {
  await using at = await desk();
  jsonOf(await at.wallet("new", "--json"));
  const body = new URLSearchParams({
    chain: at.devnet.chain.chainId,
    address: (await at.wallet("address")).stdout.trim(),
  });
  for (let asked = 0; asked < 5; asked++) {
    await fetch(`${at.devnet.rpcUrl}/api/request`, { method: "POST", body })
      .then((answer) => answer.body?.cancel());
  }
  const { code, stderr } = await at.wallet("faucet", "--run-timeout", "5s");
  assertEquals(code, 75);
  assertMatch(stderr, /asked too often.*ask again in 60 s/);
});

Deno.test("wallet --help lists its verbs", async () => {
  const { code, stdout } = await runMain(["wallet", "--help"], { cwd: Deno.cwd() });
  assertEquals(code, 0);
  assertEquals(
    [...stdout.matchAll(/^ {2}wallet (\w+) /gm)].map(([, verb]) => verb),
    ["new", "import", "address", "balance", "faucet", "register"],
  );
});

Deno.test("no faucet is asked for coins of the mainnet", () =>
  inEmptyDirectory(async (cwd) => {
    const args = ["wallet", "faucet", "--chain-id", "allora-mainnet-1"];
    const { code, stderr } = await runMain(args, { cwd });
    assertEquals(code, 78);
    assertStringIncludes(stderr, "allora-mainnet-1");
  }));

Deno.test("new makes a file for the owner alone, shows the words only when asked, and logs none", () =>
  inEmptyDirectory(async (cwd) => {
    const made = await runMain(["wallet", "new"], { cwd });
    assertEquals(made.code, 0, made.stderr);
    const file = `${cwd}/data/mnemonic`;
    const words = (await Deno.readTextFile(file)).trim();
    assertEquals([words.split(" ").length, modeOf(file), modeOf(`${cwd}/data`)], [
      24,
      0o600,
      0o700,
    ]);
    assertEquals((made.stdout + made.stderr).includes(words.slice(0, 20)), false);
    const { stdout: address } = await runMain(["wallet", "address"], { cwd });
    assertMatch(address, /^allo1[0-9a-z]{38}\n$/);
    assertStringIncludes(made.stdout, address.trim());
    assertEquals([...Deno.readDirSync(cwd)].map(({ name }) => name), ["data"], "no log, no ledger");

    const again = await runMain(["wallet", "new"], { cwd });
    assertEquals(again.code, 78);
    assertEquals((await Deno.readTextFile(file)).trim(), words);

    const shown = await runMain(["wallet", "new", "--show", "--mnemonic-file", "b/c/words"], {
      cwd,
    });
    const others = (await Deno.readTextFile(`${cwd}/b/c/words`)).trim();
    assertEquals(shown.stdout.split(others).length, 2, "once");
  }));

Deno.test("import takes words on stdin, however they are parted, and prints the address", () =>
  inEmptyDirectory(async (cwd) => {
    const stdin = `  ${PHRASE.toUpperCase().replaceAll(" ", "\r\n")}\n`;
    const { code, stdout, stderr } = await runMain(["wallet", "import"], { cwd, stdin });
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, new RegExp(`^wallet {12}${ADDRESS}$`, "m"));
    assertEquals(await Deno.readTextFile(`${cwd}/data/mnemonic`), `${PHRASE}\n`);
    assertEquals(modeOf(`${cwd}/data/mnemonic`), 0o600);
    const json = await runMain(["wallet", "address", "--json"], { cwd });
    assertEquals(JSON.parse(json.stdout), { address: ADDRESS });
  }));
