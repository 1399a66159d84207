import { assert, assertEquals, assertMatch } from "@std/assert";
import { HOURLY, type Practice, practise } from "../cycle/practice.ts";
import { planFor } from "../ledger/fixture.ts";
import { runMain } from "./run_main.ts";

const LABELS = "ALLORA_TARGET=labels\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=24h\n";
const FUNDED = 10n ** 18n;

/** Three windows met, one missed, one still open. */
async function fiveWindows(worker: Practice): Promise<void> {
  for (let windows = 0; windows < 3; windows++) {
    worker.stepUntil("open");
    await worker.visit();
    worker.stepUntil("closed");
  }
  worker.stepUntil("open");
  worker.stepUntil("closed");
  worker.stepUntil("open");
  // Scores that did not come at first are asked for again after a while.
  await worker.visit({ host: { ...worker.run().host, nowMs: () => Date.now() + 3_600_000 } });
}

/** Where the settings' files are. */
const rootOf = ({ settings }: Practice) => settings.stateDir.replace(/\/[^/]+$/, "");

Deno.test("history accounts for every uallo that the worker's balance gained and lost", async () => {
  await using worker = await practise();
  await fiveWindows(worker);
  const { code, stdout, stderr } = await runMain(["history", "--json"], { cwd: rootOf(worker) });
  assertEquals([code, stderr], [0, ""]);
  const { epochs, totals } = JSON.parse(stdout);
  assertEquals(epochs.map(({ outcome }: { outcome: string }) => outcome), [
    ...["proven", "proven", "proven", "missed", "open"],
  ]);
  const { windows_closed, windows_met, windows_missed, windows_unknown, hit_rate } = totals;
  assertEquals([windows_closed, windows_met, windows_missed, windows_unknown], [4, 3, 1, 0]);
  assertEquals(hit_rate, 0.75);
  assertEquals(totals.rewards_missing, 0);
  assert(BigInt(totals.rewards_uallo) > 0n && BigInt(totals.fees_uallo) > 0n);
  assertEquals(BigInt(totals.balance_uallo), FUNDED + BigInt(totals.net_uallo));
  assert(epochs[0].ema_score !== null && epochs[0].score !== null && epochs[0].tx_hash !== null);
});

Deno.test("history fits a terminal, and says why a window was missed and what is not known offline", async () => {
  await using worker = await practise();
  await fiveWindows(worker);
  const key = { topicId: 1n, nonce: 9999n, worker: worker.address };
  worker.ledger.plan({ ...planFor(key), fallback: "mean" });
  const cwd = rootOf(worker);
  const env = { ALLORA_RPC: "http://127.0.0.1:1" };
  const { code, stdout } = await runMain(["history"], { cwd, env });
  assertEquals(code, 0);
  const lines = stdout.split("\n");
  assert(lines.every((line) => line.length <= 120 || line.startsWith("balance")), stdout);
  assertMatch(stdout, /missed: no visit came while it was open \(topic\/nonce 1\/2162\)/);
  assertMatch(stdout, /balance +not known: Cannot /);
  assertMatch(lines[5] ?? "", /confirmed$/);
  assertMatch(lines[6] ?? "", / 9999 .* 0\.0125\* .*planned$/);
  assertMatch(stdout, /\* said by a fallback/);
  assertMatch(stdout, /direction \[95 %\]/);
  assertMatch(stdout, /75\.0 %/);
  const two = await runMain(["history", "--last", "2", "--topic", "1"], { cwd, env });
  assertEquals(two.stdout.split("\n\n")[0]?.split("\n").length, 3);
});

Deno.test("history --csv is RFC 4180: a header, CRLF, quotes where a field has commas or quotes", async () => {
  const files = { "1": HOURLY, "5": LABELS };
  await using worker = await practise({ files });
  worker.stepUntil("open");
  await worker.visit();
  const cwd = rootOf(worker);
  const { stdout } = await runMain(["history", "--csv"], { cwd });
  assert(stdout.endsWith("\r\n"));
  const [header, single, labels, ...rest] = stdout.trimEnd().split("\r\n");
  assertEquals(rest, []);
  const names = header!.split(",");
  assert(["fee_uallo", "reward_uallo", "closed_at"].every((name) => names.includes(name)), header);
  assertEquals(single!.split(",").length, names.length);
  assertMatch(labels!, /,"\[\{""label"":""down"",""value"":""[^"]+""\},/);
});

Deno.test("history of an empty ledger says so, and refuses what it cannot print", async () => {
  const cwd = await Deno.makeTempDir();
  const empty = await runMain(["history"], { cwd });
  assertEquals([empty.code, empty.stdout], [0, "the ledger has no epoch to show\n"]);
  const none = await runMain(["history", "--json"], { cwd });
  const { epochs, totals } = JSON.parse(none.stdout);
  assertEquals([epochs, totals.windows_closed, totals.balance_uallo], [[], 0, null]);
  for (
    const args of [["--csv", "--json"], ["--last", "0"], ["--last", "1.5"], ["--topic", "btc"]]
  ) {
    assertEquals((await runMain(["history", ...args], { cwd })).code, 64, args.join(" "));
  }
  await Deno.remove(cwd, { recursive: true });
});
