import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { serveRaw, status } from "./node.ts";
import { connected, inOrder, nodeOf, recordOf, twins, WORKER } from "./pool_nodes.ts";

/** What a node may do to its callers, and what is said of it then. */
const BAD: readonly (readonly [fault: string, said: RegExp])[] = [
  ["stale:50", /at block 5\d it is 50 blocks behind http/],
  ["wrong-chain-id", /serves chain allora-other-1, expected allora-devnet-1/],
  ["html", /HTTP 200 .*<html>/],
  ["http-502", /HTTP 502/],
  ["http-429", /HTTP 429/],
  ["cut-json", /HTTP 200 .*jsonrpc/],
  ["half-close", /Cannot use http/],
  ["hang", /no answer to \w+ within \d+ ms/],
];

const TIMEOUT_MS = 2000;
const OPTIONS = { timeoutMs: TIMEOUT_MS, expectChainId: "allora-devnet-1" };

/** What was asked, answered within the deadline of a request. */
async function timely<T>(request: () => Promise<T>): Promise<T> {
  const startMs = Date.now();
  const answer = await request();
  assert(Date.now() - startMs <= TIMEOUT_MS, `${Date.now() - startMs} ms`);
  return answer;
}

for (const [fault, said] of BAD) {
  for (const order of ["before", "after"] as const) {
    Deno.test(`a node with the fault ${fault} ${order} a good one costs no request, and is named`, async () => {
      await using nodes = await twins(fault);
      const { goodUrl, badUrl } = nodes;
      const urls = order === "before" ? [badUrl, goodUrl] : [goodUrl, badUrl];
      const { client, told, failed } = await timely(() => connected(urls, OPTIONS));
      assertEquals(client.url, goodUrl);
      assertEquals((await timely(() => client.head())).height, BigInt(nodes.devnet.chain.height));
      assertEquals((await timely(() => client.topic(1n)))?.id, 1n);
      assertEquals((await timely(() => client.window(1n, WORKER))).topicId, 1n);
      assertEquals(await timely(() => client.account(WORKER)), undefined);
      assertEquals(await timely(() => client.transaction("11".repeat(32))), undefined);
      assertEquals(failed(), [badUrl]);
      const errors = told.flatMap(({ event, fields }) =>
        event === "endpoint.failed" ? [String(fields["error"])] : []
      );
      assert(errors.some((error) => said.test(error)), errors.join());
      assertEquals(told.filter(({ event }) => event === "endpoint.alone").length, 1);
    });

    Deno.test(`a node that meets the fault ${fault} later, ${order} a good one, costs no visit`, async () => {
      await using nodes = await twins();
      const { goodUrl, badUrl } = nodes;
      const urls = order === "before" ? [badUrl, goodUrl] : [goodUrl, badUrl];
      const { client, failed } = await connected(urls, OPTIONS);
      nodes.fault(fault);
      nodes.devnet.step();
      assertEquals((await timely(() => client.head())).height, BigInt(nodes.devnet.chain.height));
      assertEquals((await timely(() => client.window(1n, WORKER))).topicId, 1n);
      assertEquals((await timely(() => client.topic(1n)))?.id, 1n);
      assertEquals(failed(), [badUrl]);
    });
  }
}

Deno.test("a slow node is waited for, and a node two blocks behind is used", async () => {
  await using nodes = await twins("slow:60ms,stale:2");
  const { client, told } = await connected([nodes.badUrl, nodes.goodUrl]);
  assertEquals(await client.finalHeight(), BigInt(nodes.devnet.chain.height - 2));
  assertEquals((await client.window(1n, WORKER)).topicId, 1n);
  assertEquals(told, []);
});

Deno.test("one endpoint is asked what it was always asked, and its errors are its own", async () => {
  await using node = nodeOf();
  const { client, told } = await connected([node.url]);
  await client.head();
  await client.window(1n, WORKER);
  await assertRejects(() => client.gasPrice(), PipelineError, "unknown query path");
  const probe = "/emissions.v10.QueryService/GetParams";
  assertEquals(node.calls, [
    ...["status", probe, "status", "/emissions.v10.QueryService/GetWorkerSubmissionWindowStatus"],
    "/feemarket.feemarket.v1.Query/GasPrice",
  ]);
  assertEquals(told, []);
});

Deno.test("a failing node is named once per reason, not per request", async () => {
  await using nodes = await twins();
  const { client, told } = await connected([nodes.badUrl, nodes.goodUrl]);
  nodes.fault("http-502");
  for (let requests = 0; requests < 5; requests++) {
    await client.head();
    await client.balanceUallo(WORKER);
  }
  assertEquals(told.filter(({ event }) => event === "endpoint.failed").length, 1);
});

Deno.test("when every node fails, the error has each one's reason", async () => {
  await using nodes = await twins();
  const { client } = await connected([nodes.badUrl, nodes.goodUrl]);
  nodes.fault("http-502");
  nodes.devnet.fault("html");
  const error = await assertRejects(() => client.gasPrice(), PipelineError);
  assertEquals(error.kind, "unavailable");
  for (const url of [nodes.badUrl, nodes.goodUrl]) assert(error.message.includes(url));
});

Deno.test("connect() without a usable node says why of each, in the kind of the most telling", async () => {
  await using other = nodeOf({ network: "allora-other-1" });
  await using proxy = serveRaw(() => new Response("", { status: 502 }));
  const error = await assertRejects(
    () => connected([proxy.url, other.url], { expectChainId: "allora-devnet-1" }),
    PipelineError,
    "serves chain allora-other-1",
  );
  assertEquals(error.kind, "config");
  assert(error.message.includes("HTTP 502"));
});

Deno.test("what the chain refuses is an answer, whichever nodes there are beside", async () => {
  await using nodes = await twins();
  const { client, told } = await connected([nodes.badUrl, nodes.goodUrl]);
  const error = await assertRejects(() => client.window(99n, WORKER), PipelineError, "topic 99");
  assertEquals([error.kind, told], ["config", []]);
});

Deno.test("errors, events and the address shown keep access keys to themselves", async () => {
  await using node = nodeOf();
  await using proxy = serveRaw(() => new Response("", { status: 502 }));
  const { client, told } = await connected([`${proxy.url}/key-1`, `${node.url}/key-2`]);
  assertEquals(client.url, node.url);
  assert(!JSON.stringify(told).includes("key-"));
  assertEquals(client.records().map(({ url }) => url), [`${proxy.url}/key-1`, `${node.url}/key-2`]);
});

Deno.test("the endpoint that has served faster is asked first, one that failed lately last", async () => {
  await using slow = nodeOf();
  await using fast = nodeOf();
  await using failing = nodeOf();
  const nowMs = inOrder.nowMs();
  const known = [
    recordOf(slow.url, { latencyMs: 400 }),
    recordOf(fast.url, { latencyMs: 40 }),
    recordOf(failing.url, { latencyMs: 5, streak: 3, failures: 3, lastErrorMs: nowMs - 1_000 }),
  ];
  const urls = [failing.url, slow.url, fast.url];
  const { client } = await connected(urls, { known, host: inOrder });
  await client.upgradePlan();
  assertEquals(client.url, fast.url);
  assertEquals(failing.calls, []);
  assertEquals([slow.calls.length, fast.calls.length], [2, 3]);

  for (const lastErrorMs of [nowMs - 3_600_000, nowMs + 3_600_000]) {
    const others = known.filter(({ streak }) => streak === 0);
    const later = [...others, recordOf(failing.url, { latencyMs: 5, streak: 9, lastErrorMs })];
    const again = await connected(urls, { known: later, host: inOrder });
    assertEquals(
      again.client.url,
      failing.url,
      "an old failure is forgiven, and an impossible one",
    );
    assertEquals(again.client.records()[0]?.streak, 0);
  }
});

Deno.test("records() adds this connection's answers and failures to what was known", async () => {
  await using nodes = await twins("http-502:1");
  const known = [recordOf(nodes.badUrl, { answers: 7, failures: 2 })];
  const { client } = await connected([nodes.badUrl, nodes.goodUrl], { known });
  const [bad, good] = client.records();
  assertEquals([bad?.answers, bad?.failures, bad?.streak], [7, 3, 1]);
  assert(bad?.lastError?.includes("HTTP 502") && Date.now() - bad.lastErrorMs! < 5_000);
  assertEquals([good?.answers, good?.failures, good?.lastError], [1, 0, null]);
  assert(good!.latencyMs !== null && good!.latencyMs >= 0);
  await client.head();
  assertEquals(client.records()[0]?.streak, 0, "it has answered since");
});

Deno.test("a node that failed again and again is no second opinion, and still a last resort", async () => {
  await using good = nodeOf();
  await using bad = nodeOf();
  const known = [recordOf(bad.url, { streak: 2, lastErrorMs: Date.now() })];
  const { client, told } = await connected([bad.url, good.url], { known });
  await client.window(1n, WORKER);
  assertEquals([bad.calls, told.map(({ event }) => event)], [[], ["endpoint.alone"]]);

  const only = await connected([bad.url], { known });
  assertEquals((await only.client.window(1n, WORKER)).nonce, 60n);
});

Deno.test("upgradePlan() reads the chain's plan, and undefined where there is none", async () => {
  const plan = { name: "v0.18.0", height: 1_234_567n };
  await using node = nodeOf({ plan });
  assertEquals(await (await connected([node.url])).client.upgradePlan(), plan);
  await using nodes = await twins();
  assertEquals(await (await connected([nodes.goodUrl])).client.upgradePlan(), undefined);
});

Deno.test("a node that has caught up again is used again, in the same connection", async () => {
  await using one = nodeOf({ height: 80n });
  await using two = nodeOf({ height: 80n });
  const { client, failed } = await connected([one.url, two.url], { host: inOrder });
  one.state.height = 90n;
  assertEquals([(await client.head()).height, failed()], [90n, [two.url]]);
  two.state.height = 91n;
  one.state.height = 92n;
  assertEquals((await client.head()).height, 91n);
  assertEquals(client.records().map(({ streak }) => streak), [0, 0]);
});

Deno.test("a node that claims a height no chain could have by now is not used, whoever is asked first", async () => {
  await using honest = nodeOf({ height: 80n });
  const claim = { height: "1000000", timeMs: Date.UTC(2026, 10, 24) + 80 * 5000 };
  await using liar = nodeOf({ nonce: 999_999n }, { status: () => status(claim) });
  for (const urls of [[honest.url, liar.url], [liar.url, honest.url]]) {
    const { client, failed, told } = await connected(urls, { host: inOrder });
    assertEquals((await client.head()).height, 80n);
    assertEquals((await client.window(1n, WORKER)).nonce, 60n);
    assertEquals(failed(), [liar.url]);
    assertStringIncludes(
      String(told.find(({ event }) => event === "endpoint.failed")?.fields["error"]),
      `999920 blocks ahead of ${honest.url}`,
    );
  }
});
