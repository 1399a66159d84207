import { assert, assertEquals } from "@std/assert";
import { type ChainOptions, DevnetChain, type TopicSpec } from "../../src/devnet/chain.ts";
import { MessageType } from "../../src/devnet/wire.ts";
import { bool, count, string } from "../../src/devnet/wire_kinds.ts";
import {
  accountOf,
  payload,
  type Prediction,
  produceTo,
  signedTx,
  type Signer,
  signer,
  topicSpec,
} from "./signing.ts";

const workers = await Promise.all([2, 3, 4].map(signer));
const [first, second, third] = workers as [Signer, Signer, Signer];

function chainWith(topic: Partial<TopicSpec>, options: Partial<ChainOptions> = {}): DevnetChain {
  return new DevnetChain({
    chainId: "allora-devnet-1",
    generation: 10,
    blockMs: 5000,
    startMs: 1_700_000_000_000,
    startHeight: 1,
    topics: [topicSpec({ workers: workers.map(({ address }) => address), ...topic })],
    accounts: workers.map((one) => accountOf(one)),
    ...options,
  });
}

/** Sends a payload into the next block; its code, codespace and log. */
async function submit(
  chain: DevnetChain,
  from: Signer,
  nonce: number,
  prediction: Prediction,
  sequence = 0,
): Promise<readonly [number, string, string]> {
  const message = await payload(from, nonce, prediction, chain.generation);
  const checked = chain.checkTx(await signedTx(from, [message], { sequence }));
  assertEquals(checked.code, 0);
  const [result] = chain.produceBlock().results;
  return [result?.code ?? -1, result?.codespace ?? "", result?.log ?? ""];
}

const ByHeight = new MessageType("*Request", { topicId: [1, count], height: [2, count] });
const Status = new MessageType("*Status", {
  isOpen: [1, bool],
  nonce: [2, count],
  end: [4, count],
  next: [5, count],
});
const ByWorker = new MessageType("*Request", { topicId: [1, count], address: [2, string] });

function ask(chain: DevnetChain, method: string, request: Uint8Array): Uint8Array {
  const service = `/emissions.v${chain.generation}.QueryService`;
  const answer = chain.query(`${service}/${method}`, request);
  assertEquals(answer.log, "");
  return answer.value ?? new Uint8Array();
}

const status = (chain: DevnetChain) =>
  Status.decode(ask(chain, "GetWorkerSubmissionWindowStatus", ByHeight.encode({ topicId: 1 })));
const included = (chain: DevnetChain, nonce: number) => {
  const request = ByHeight.encode({ topicId: 1, height: nonce });
  const text = new TextDecoder().decode(ask(chain, "GetInferencesAtBlock", request));
  return workers.filter(({ address }) => text.includes(address)).map(({ number }) => number);
};

Deno.test("a window opens at the epoch's end, takes its last block in, and closes in it", async () => {
  const chain = chainWith({});
  assertEquals(status(chain), { isOpen: false, nonce: 0, end: 0, next: 10 });
  produceTo(chain, 10);
  assertEquals(status(chain), { isOpen: true, nonce: 10, end: 20, next: 30 });
  produceTo(chain, 19);
  assertEquals(await submit(chain, first, 10, { value: "1.5" }), [0, "", ""]);
  assertEquals(status(chain), { isOpen: false, nonce: 0, end: 0, next: 30 });
  assertEquals(included(chain, 10), [first.number]);
  const [code, codespace] = await submit(chain, second, 10, { value: "1.5" });
  assertEquals([code, codespace], [75, "emissions"]);
  produceTo(chain, 30);
  assertEquals(status(chain).nonce, 30);
});

Deno.test("a window as long as the epoch closes in the block in which the next one opens", async () => {
  const chain = chainWith({ submissionWindow: 20 });
  produceTo(chain, 10);
  assertEquals(await submit(chain, first, 10, { value: "1.5" }), [0, "", ""]);
  produceTo(chain, 30);
  const types = chain.block(30)?.events.map(({ type }) => type) ?? [];
  const closed = types.indexOf("emissions.v10.EventWorkerSubmissionWindowClosed");
  const opened = types.indexOf("emissions.v10.EventWorkerSubmissionWindowOpened");
  assert(closed > 0 && closed < opened);
  assertEquals(status(chain).nonce, 30);
});

Deno.test("an inactive topic opens no window", () => {
  const chain = chainWith({ active: false });
  produceTo(chain, 60);
  assertEquals(status(chain).isOpen, false);
});

Deno.test("a full active set evicts the lowest score for a higher one and passes a lower one over", async () => {
  const chain = chainWith({
    cap: 1,
    standings: [{ worker: first.address, score: "0.1" }, { worker: second.address, score: "0.2" }],
  });
  produceTo(chain, 10);
  assertEquals((await submit(chain, first, 10, { value: "1" }))[0], 0);
  assertEquals((await submit(chain, third, 10, { value: "1" }))[0], 0); // nothing stored
  assertEquals((await submit(chain, second, 10, { value: "2" }))[0], 0); // evicts the first
  const again = await submit(chain, first, 10, { value: "3" }, 1);
  assertEquals([again[0], again[1]], [78, "emissions"]);
  const twice = await submit(chain, second, 10, { value: "3" }, 1);
  assertEquals([twice[0], twice[1]], [1, "undefined"]);
  produceTo(chain, 20);
  assertEquals(included(chain, 10), [second.number]);
});

Deno.test("a payload in a failed transaction leaves no trace in its window", async () => {
  const chain = chainWith({});
  produceTo(chain, 10);
  const good = await payload(first, 10, { value: "1" });
  const bad = await payload(first, 11, { value: "1" });
  chain.checkTx(await signedTx(first, [good, bad], { sequence: 0, gasLimit: 600_000 }));
  const [result] = chain.produceBlock().results;
  assertEquals(result?.code, 75);
  assert(result?.log.includes("message index: 1"));
  assertEquals(await submit(chain, first, 10, { value: "2" }, 1), [0, "", ""]);
});

Deno.test("v9 has no labels and says so before the mempool takes the payload", async () => {
  const chain = chainWith({}, { generation: 9 });
  produceTo(chain, 10);
  const labelled = await payload(
    first,
    10,
    { value: "0", values: [{ label: "y", value: "1" }] },
    10,
  );
  const message = { typeUrl: "/emissions.v9.InsertWorkerPayloadRequest", value: labelled.value };
  const checked = chain.checkTx(await signedTx(first, [message], { sequence: 0 }));
  assert(checked.kind === "result");
  assertEquals(checked.code, 2);
  assertEquals(
    checked.log,
    'errUnknownField "*v9.InputInference": {TagNum: 7, WireType:"bytes"}: tx parse error',
  );
});

Deno.test("labels are counted, made canonical, told apart and summed", async () => {
  const labels = (...pairs: readonly (readonly [string, string])[]): Prediction => ({
    value: "0",
    values: pairs.map(([label, value]) => ({ label, value })),
  });
  const cases: readonly (readonly [Prediction, number, string])[] = [
    [
      labels(["a", "0.1"], ["b", "0.2"], ["c", "0.3"], ["d", "0.4"]),
      98,
      "submission has 4 labels, per-topic cap is 3",
    ],
    [
      labels(["a", "0.5"], [" A ", "0.5"]),
      95,
      'duplicate label after canonicalization at index 1: "a"',
    ],
    [labels(["a\u200b", "1"]), 95, "label contains a disallowed character: U+200B"],
    [labels(["x".repeat(65), "1"]), 95, "label exceeds 64 bytes (got 65)"],
    [labels(["a", "0.5"], ["b", "0.4"]), 18, "require_unity violated: sum=0.9 tol=0.001"],
    [labels(["a", "0.5"], ["b", "0.5005"]), 0, ""],
  ];
  for (const [prediction, code, log] of cases) {
    const chain = chainWith({
      arity: "multi",
      maxLabels: 3,
      requireUnity: true,
      unityTolerance: "0.001",
    });
    produceTo(chain, 10);
    const [gotCode, , gotLog] = await submit(chain, first, 10, prediction);
    assertEquals(gotCode, code);
    assert(gotLog.includes(log), gotLog);
  }
});

Deno.test("reputers settle an epoch when its lag has passed: scores, EMA scores, rewards", async () => {
  const chain = chainWith({}, { truth: () => ({ value: 1 }) });
  produceTo(chain, 10);
  await submit(chain, first, 10, { value: "1.1" });
  await submit(chain, second, 10, { value: "3" });
  produceTo(chain, 39);
  const score = (who: Signer) =>
    new TextDecoder().decode(
      ask(chain, "GetInfererScoreEma", ByWorker.encode({ topicId: 1, address: who.address })),
    ).match(/[-0-9.E]+$/)?.[0];
  assertEquals([score(first), score(second)], ["0", "0"]);
  chain.produceBlock();
  const types = chain.block(40)?.events.map(({ type }) => type.split(".").at(-1)) ?? [];
  assertEquals(
    ["EventScoresSet", "EventEMAScoresSet", "EventRewardsSettled"].filter((one) =>
      types.includes(one)
    ).length,
    3,
  );
  assert(Number(score(first)) > 0 && Number(score(second)) < 0);
  const share = (who: Signer) => {
    const request = ByWorker.encode({ topicId: 1, address: who.address });
    const answer = new TextDecoder().decode(
      ask(chain, "GetPreviousInferenceRewardFraction", request),
    );
    return Number(answer.match(/[0-9.]+$/)?.[0]);
  };
  assert(share(first) > 0.9);
  assert(Math.abs(share(first) + share(second) - 1) < 1e-9);
});

Deno.test("an epoch whose truth nobody knows yet is settled an epoch later", async () => {
  let known = false;
  const chain = chainWith({}, { truth: () => known ? { value: 1 } : undefined });
  produceTo(chain, 10);
  await submit(chain, first, 10, { value: "1.1" });
  produceTo(chain, 45);
  known = true;
  produceTo(chain, 60);
  const settled = chain.block(60)?.events.some(({ type }) => type.endsWith("EventScoresSet"));
  assertEquals(settled, true);
});

Deno.test("a chain keeps its blocks and their times over a month of them", () => {
  const chain = chainWith({ epochLength: 720, submissionWindow: 600, groundTruthLag: 720 });
  produceTo(chain, 20_000);
  assertEquals(chain.block(5)?.events.length, 15);
  assertEquals(chain.timeOf(chain.height), chain.timeMs);
});
