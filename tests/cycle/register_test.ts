import { assertEquals, assertRejects } from "@std/assert";
import { newMnemonic } from "../../src/chain/keys.ts";
import { connectTo } from "../../src/cycle/connect.ts";
import { registerWorker, standingIn } from "../../src/cycle/register_worker.ts";
import type { Run } from "../../src/cycle/run.ts";
import { Session } from "../../src/cycle/session.ts";
import { workerOf } from "../../src/cycle/worker.ts";
import { defaultTopics } from "../../src/devnet/default_topics.ts";
import { PipelineError } from "../../src/errors.ts";
import { type Practice, practise } from "./practice.ts";

/** What `wallet register` does; topic 2 has no topic file here. */
async function register(worker: Practice, overrides: Partial<Run> = {}, topicId = 2n) {
  const run = worker.run(overrides);
  const session = new Session(run, await connectTo(run), await workerOf(run));
  const standing = await standingIn(session, topicId);
  return { standing, ...await registerWorker(session, topicId, standing) };
}

Deno.test("a topic without a file is registered in once, at the chain's fee, and told the second time", async () => {
  await using worker = await practise({ env: "ALLORA_AUTO_REGISTER=no\n" });
  const before = await balanceOf(worker);
  const first = await register(worker);
  assertEquals(first.standing, {
    isWhitelisted: true,
    isRegistered: false,
    registrationFeeUallo: 200n,
  });
  assertEquals(first.state, "registered");
  assertEquals(await balanceOf(worker), before - first.feeUallo!);
  const key = { topicId: 2n, nonce: 0n, worker: worker.address };
  const [row] = worker.ledger.transactionsOf(key);
  assertEquals([row?.state, row?.hash, row?.height, row?.feePaidUallo], [
    "confirmed",
    first.flight?.hash,
    first.height,
    first.feeUallo,
  ]);
  const again = await register(worker);
  assertEquals([again.state, again.standing.isRegistered], ["already", true]);
  assertEquals(await worker.sequence(), 1n);
});

Deno.test("a rehearsal registers nobody and writes nothing down", async () => {
  await using worker = await practise();
  const { state, feeUallo } = await register(worker, { dryRun: true });
  assertEquals([state, feeUallo! > 0n], ["rehearsed", true]);
  worker.devnet.step(3);
  assertEquals(await worker.sequence(), 0n);
  assertEquals(worker.ledger.pendingTransactions(worker.address), []);
});

Deno.test("a worker that the whitelist lacks is told so and pays nothing", async () => {
  const topics = defaultTopics(10).map((topic) =>
    topic.id === 2 ? { ...topic, workerWhitelist: ["allo1nobody"] } : topic
  );
  await using worker = await practise({ topics });
  const before = await balanceOf(worker);
  const error = await assertRejects(() => register(worker), PipelineError, "not on its whitelist");
  assertEquals(error.kind, "denied");
  worker.devnet.step(3);
  assertEquals(await balanceOf(worker), before);
});

Deno.test("a topic that is none, and funds that do not suffice, cost nothing", async () => {
  await using worker = await practise();
  const missing = await assertRejects(() => register(worker, {}, 77n), PipelineError, "topic 77");
  assertEquals(missing.kind, "config");
  const phrase = newMnemonic();
  const poor = await assertRejects(
    () => register(worker, { mnemonic: () => Promise.resolve(phrase) }),
    PipelineError,
    "knows no such account",
  );
  assertEquals(poor.kind, "unavailable");
});

Deno.test("a registration that an earlier run sent is looked up, not paid for again", async () => {
  await using worker = await practise();
  const stopped = new AbortController();
  // Stops when the node has the bytes and nobody has asked what became of them.
  await assertRejects(() =>
    register(worker, {
      signal: stopped.signal,
      tell: (event) => event === "registration.sent" ? stopped.abort(new Error("stopped")) : {},
    })
  );
  assertEquals(worker.ledger.pendingTransactions(worker.address).length, 1);
  const next = await register(worker);
  assertEquals(["already", "registered"].includes(next.state), true);
  assertEquals(await worker.sequence(), 1n);
  assertEquals(worker.ledger.pendingTransactions(worker.address), []);
});

Deno.test("a registration that never left is expired first, and its sequence used again", async () => {
  await using worker = await practise();
  const stopped = new AbortController();
  // Stops when the bytes are written down and no node has them.
  await assertRejects(() =>
    register(worker, {
      signal: stopped.signal,
      tell: (event) => event === "registration.signed" ? stopped.abort(new Error("stopped")) : {},
    })
  );
  assertEquals(worker.ledger.pendingTransactions(worker.address).map(({ state }) => state), [
    "signed",
  ]);
  worker.devnet.step(30);
  const next = await register(worker);
  assertEquals([next.state, await worker.sequence()], ["registered", 1n]);
  assertEquals(
    worker.ledger.transactionsOf({ topicId: 2n, nonce: 0n, worker: worker.address })
      .map(({ state }) => state),
    ["expired", "confirmed"],
  );
});

async function balanceOf(worker: Practice): Promise<bigint> {
  return await (await connectTo(worker.run())).balanceUallo(worker.address);
}
