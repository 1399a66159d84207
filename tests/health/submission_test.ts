import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { visitResults } from "../../src/commands/alert/visit_results.ts";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { statePaths } from "../../src/host/paths.ts";
import { assertSays, DOWN, lookAt, meet, miss, practiseQuickly, rootOf } from "./bench.ts";

const NAME = "submission topic 1";

Deno.test("windows missed are counted by the chain, also those that no visit has seen", async () => {
  await using worker = await practiseQuickly();
  const look = () => lookAt(worker, "submission");
  worker.stepUntil("open");
  await worker.visit();
  assertSays(await look(), NAME, "OK", /^nonce \d+ is in, \d+ s ago$/);
  worker.stepUntil("closed");
  assertEquals(assertSays(await look(), NAME, "OK", /is in/).value, 0);
  miss(worker);
  const one = assertSays(await look(), NAME, "WARNING", /^1 window missed, the last met is nonce /);
  assertEquals([one.value, one.warn, one.crit], [1, "0", "1"]);
  miss(worker);
  assertEquals(assertSays(await look(), NAME, "CRITICAL", /^2 windows missed/).value, 2);
  // A visit writes the missed windows down, and makes good.
  worker.stepUntil("open");
  await worker.visit();
  assertSays(await look(), NAME, "OK", /is in/);
  worker.stepUntil("closed");
  for (let windows = 0; windows < 5; windows++) miss(worker);
  assertEquals(assertSays(await look(), NAME, "CRITICAL", /^5 windows/).value, 5);
});

Deno.test("a window that the chain counts is met, whatever the ledger has lost", async () => {
  await using worker = await practiseQuickly();
  await meet(worker);
  await meet(worker);
  using editor = new DatabaseSync(statePaths(worker.settings.stateDir).ledger);
  editor.exec(
    `DELETE FROM submissions WHERE nonce > 2; DELETE FROM transactions WHERE nonce > 2;
     DELETE FROM closed_windows WHERE nonce > 2`,
  );
  assertSays(await lookAt(worker, "submission"), NAME, "OK", /^the chain counts nonce \d+$/);
  // Without an index of blocks the likely ones are asked for.
  worker.devnet.fault("no-block-index");
  assertSays(await lookAt(worker, "submission"), NAME, "OK", /^the chain counts nonce \d+$/);
});

Deno.test("a window of which no node could tell is not taken for met, by health nor after a visit", async () => {
  await using worker = await practiseQuickly();
  await meet(worker);
  miss(worker);
  miss(worker);
  await worker.visit();
  const nonces = worker.ledger.closedWindows(1n, worker.address, 9)
    .filter(({ outcome }) => outcome === "missed").map(({ nonce }) => nonce);
  assertEquals(nonces.length, 2);
  using editor = new DatabaseSync(statePaths(worker.settings.stateDir).ledger);
  const forget = (nonce: bigint) =>
    editor.prepare("UPDATE closed_windows SET outcome = 'unknown' WHERE nonce = ?").run(nonce);
  const told = () => visitResults(worker.run(), 1n, worker.address)[0];
  forget(nonces[0]!);
  assertEquals([told()?.status, told()?.value], ["WARNING", 1]);
  forget(nonces[1]!);
  assertEquals([told()?.status, told()?.value], ["UNKNOWN", 0]);
  assertSays(
    await lookAt(worker, "submission"),
    NAME,
    "UNKNOWN",
    /^nobody could tell whether 2 windows since nonce \d+ counted us$/,
  );
});

Deno.test("before the first window nothing is missed, and windows of before the first visit never", async () => {
  await using worker = await practiseQuickly();
  worker.stepUntil("open");
  worker.stepUntil("closed");
  await worker.visit();
  assertSays(await lookAt(worker, "submission"), NAME, "OK", /no window has closed since/);
  miss(worker);
  assertSays(await lookAt(worker, "submission"), NAME, "WARNING", /^1 window missed, none was met/);
});

Deno.test("without the chain, the ledger or a wallet nobody can tell; no check is OK then", async () => {
  await using worker = await practiseQuickly();
  const empty = { stateDir: `${worker.settings.stateDir}/none` };
  const look = (settings: Parameters<typeof lookAt>[2]) => lookAt(worker, "submission", settings);
  assertSays(await look({}), NAME, "UNKNOWN", /knows no wallet yet/);
  assertSays(await look({ settings: empty }), NAME, "UNKNOWN", /there is none at/);
  await meet(worker);
  assertSays(await look({ settings: DOWN }), NAME, "UNKNOWN", /Cannot use http/);
});

Deno.test("a topic that the chain does not have, or keeps closed to this worker, is no health", async () => {
  const [first, ...others] = defaultTopics(10);
  const inactive = { ...first!, active: false };
  await using worker = await practiseQuickly({ topics: [inactive, ...others] });
  worker.ledger.rememberAddress("0000", worker.address);
  assertSays(await lookAt(worker, "submission"), NAME, "WARNING", /not active on the chain/);
  const [topic] = worker.settings.topics;
  const settings = { topics: [{ ...topic!, topicId: 99n }] };
  const found = await lookAt(worker, "submission", { settings });
  const absent = assertSays(found, "submission topic 99", "CRITICAL", /has no topic 99/);
  assertEquals(absent.fix, `rm ${rootOf(worker)}/topics/99.env`);

  const other = "allo19rl4cm2hmr8afy4kldpxz3fka4jguq0ajnh7gv";
  const guarded = { ...first!, workerWhitelist: [other] };
  await using stranger = await practiseQuickly({ topics: [guarded, ...others] });
  stranger.ledger.rememberAddress("0000", stranger.address);
  assertSays(
    await lookAt(stranger, "submission"),
    NAME,
    "CRITICAL",
    /may not submit: it is not on/,
  );
});
