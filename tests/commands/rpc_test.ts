import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { statePaths } from "../../src/host/paths.ts";
import { openLedger } from "../../src/ledger/ledger.ts";
import { runMain } from "./run_main.ts";

const CHAIN = "allora-devnet-1";

/** Two good nodes and one of each kind that is not, in an order that says nothing of them. */
async function fleet() {
  await using started = new AsyncDisposableStack();
  const start = async (options: Parameters<typeof startDevnet>[0] = {}) => {
    const devnet = started.use(await startDevnet({ manual: true, ...options }));
    devnet.step(60);
    return devnet;
  };
  const nodes = {
    lagging: await start({ faults: "stale:30" }),
    good: await start(),
    foreign: await start({ chainId: "cosmoshub-4" }),
    page: await start({ faults: "html" }),
    other: await start({ faults: "slow:150ms" }),
  };
  const cwd = await Deno.makeTempDir({ prefix: "rpc-" });
  started.defer(() => Deno.remove(cwd, { recursive: true }));
  await Deno.writeTextFile(
    `${cwd}/.env`,
    `ALLORA_CHAIN_ID=${CHAIN}\nALLORA_RPC_TIMEOUT=2s\n` +
      `ALLORA_RPC=${Object.values(nodes).map(({ rpcUrl }) => rpcUrl).join(",")},${DEAD}\n`,
  );
  const held = started.move();
  return {
    nodes,
    cwd,
    rpc: (...args: string[]) => runMain(["rpc", ...args], { cwd }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

const DEAD = "http://127.0.0.1:1";
const urlOf = ({ rpcUrl }: Devnet) => new URL(rpcUrl).origin;

Deno.test("rpc sorts the endpoints by latency and says why each that is not used is not", async () => {
  await using at = await fleet();
  const { good, other, lagging, foreign, page } = at.nodes;
  const { code, stdout, stderr } = await at.rpc("--topic", "1");
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^2 of 6 endpoints of allora-devnet-1 can be used$/m);
  const rows = stdout.split("\n\n")[1]!.split("\n").slice(1);
  assert(rows[0]!.startsWith(urlOf(good)) && rows[1]!.startsWith(urlOf(other)), stdout);
  assertMatch(rows[0]!, / 61 +0 +v10 +agree +first$/);
  assertMatch(rows[1]!, /1[5-9]\d ms .* second$/);
  for (
    const [url, why] of [
      [urlOf(good), "is asked first"],
      [urlOf(other), "is asked to confirm what the first says"],
      [urlOf(lagging), "is not used: at block 31 it is 30 blocks behind"],
      [urlOf(foreign), `is not used: it serves chain cosmoshub-4, expected ${CHAIN}`],
      [urlOf(page), "is not used: HTTP 200 to status with"],
      [DEAD, "is not used: "],
    ]
  ) assertStringIncludes(stdout, `# ${url} ${why}`);
});

Deno.test("rpc --json has every figure of every endpoint, and makes no ledger", async () => {
  await using at = await fleet();
  const { code, stdout } = await at.rpc("--json", "--samples", "3", "--topic", "1");
  assertEquals(code, 0);
  const { chain_id, usable, endpoints } = JSON.parse(stdout);
  assertEquals([chain_id, usable, endpoints.length], [CHAIN, 2, 6]);
  const [first] = endpoints;
  assertEquals(first.latencies_ms.length, 3);
  assertEquals(
    [first.use, first.height, first.lag_blocks, first.catching_up, first.emissions],
    ["first", 61, 0, false, 10],
  );
  assertMatch(first.windows[0].says, /^open for nonce \d+ until block \d+$/);
  assertEquals([first.windows[0].topic_id, first.windows[0].agrees], ["1", true]);
  const lagging = endpoints.find(({ url }: { url: string }) => url === urlOf(at.nodes.lagging));
  assertEquals([lagging.use, lagging.lag_blocks], ["none", 30]);
  assertEquals([...Deno.readDirSync(at.cwd)].map(({ name }) => name), [".env"]);
});

Deno.test("rpc ends with 69 when no endpoint can be used", async () => {
  await using at = await fleet();
  const bad = [at.nodes.foreign.rpcUrl, at.nodes.page.rpcUrl, DEAD].join(",");
  const { code, stdout } = await at.rpc("--rpc", bad);
  assertEquals(code, 69);
  assertMatch(stdout, /^no endpoint of allora-devnet-1 can be used$/m);
  const json = JSON.parse((await at.rpc("--rpc", bad, "--json")).stdout);
  assertEquals(json.usable, 0);
});

Deno.test("rpc asks one that failed lately last, and says that one alone is not confirmed", async () => {
  await using at = await fleet();
  const { good, other } = at.nodes;
  {
    using ledger = openLedger(statePaths(`${at.cwd}/data`).ledger, { nowMs: () => Date.now() });
    ledger.recordEndpoints([{
      ...{ url: good.rpcUrl, answers: 90, failures: 10, streak: 4, height: null, latencyMs: 20 },
      ...{ lastError: "the connection was reset", lastErrorMs: Date.now() },
    }]);
  }
  const { stdout } = await at.rpc("--rpc", `${good.rpcUrl},${other.rpcUrl}`);
  assertMatch(stdout, / last$/m);
  assertStringIncludes(
    stdout,
    `# ${urlOf(good)} is asked when no other answers: ` +
      "it failed 4 times lately: the connection was reset (",
  );
  assertStringIncludes(stdout, "answered 90 of 100 so far)");
  const alone = await at.rpc("--rpc", good.rpcUrl);
  assertStringIncludes(alone.stdout, "# nobody confirms what the one says: name another");
});

Deno.test("rpc names who says what when endpoints differ on a window", async () => {
  await using at = await fleet();
  const { good, other } = at.nodes;
  // Of the same height, but topic 1's window of the one has another end.
  await using odd = await startDevnet({
    manual: true,
    topics: defaultTopics(10).map((topic) => ({ ...topic, submissionWindow: 300 })),
  });
  odd.step(60);
  const urls = [good, other, odd].map(({ rpcUrl }) => rpcUrl).join(",");
  const { code, stdout } = await at.rpc("--rpc", urls, "--topic", "1");
  assertEquals(code, 0);
  assertMatch(stdout, new RegExp(`^${urlOf(odd)} .* 1 of 1 odd `, "m"));
  const [note = ""] = /^# topic 1: .*$/m.exec(stdout) ?? [];
  assertStringIncludes(note, `${urlOf(odd)} says open for nonce 2 until block 302`);
  assertStringIncludes(note, `${urlOf(good)} says open for nonce 2 until block 602`);
});
