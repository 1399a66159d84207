import { assert, assertEquals, assertRejects } from "@std/assert";
import { connect } from "../../src/chain/client.ts";
import { ChainRefusal } from "../../src/chain/chain_error.ts";
import { PipelineError } from "../../src/errors.ts";
import { patience, recordedNode, RpcError, serve, status, UNKNOWN_PATH } from "./node.ts";
import { type Folder, GENERATIONS, recording } from "./recordings.ts";

const WORKER = "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj";
const UNKNOWN = "allo1ps26fglfsyz2l0mhl4aey4skf4qa8nlyptu2mw";

const to = (urls: readonly string[]) => connect({ ...patience, urls });

/** Nonces of the recordings: the submission, and the round that was scored. */
const NONCES: Readonly<Record<Folder, { readonly submitted: bigint; readonly scored: bigint }>> = {
  "judge-v10": { submitted: 23n, scored: 203n },
  "judge-v9": { submitted: 63n, scored: 0n },
  "v0.8.0-genuine": { submitted: 1085n, scored: 1485n },
};

for (const [folder] of GENERATIONS) {
  Deno.test(`the client reads accounts, balances and prices of ${folder}`, async () => {
    await using node = recordedNode(folder);
    const client = await to([node.url]);
    const { number, sequence } = await client.account(WORKER) ?? {};
    assertEquals(number, 2n);
    assert(sequence !== undefined && sequence > 0n);
    assertEquals(await client.account(UNKNOWN), undefined);
    assert(await client.balanceUallo(WORKER) > 10n ** 18n);
    assertEquals(await client.gasPrice(), 10n * 10n ** 18n);
    assertEquals(await client.registrationFeeUallo(), 200n);
    assertEquals(await client.dataFeeUallo(), 10n);
  });

  Deno.test(`the client reads the topic of ${folder}, and undefined for a missing one`, async () => {
    await using node = recordedNode(folder);
    const client = await to([node.url]);
    const topic = await client.topic(1n);
    assertEquals({ ...topic, epochLastEnded: 0n }, {
      id: 1n,
      metadata: "single",
      lossMethod: "mse",
      epochLength: 20n,
      groundTruthLag: 20n,
      submissionWindow: 10n,
      epochLastEnded: 0n,
      arity: "single",
      requireUnity: false,
      unityTolerance: "0",
      maxLabels: 1,
      labelWhitelist: [],
      labelDefault: "0",
      labelCaseSensitive: false,
      allowNegative: true,
    });
    assertEquals(await client.topic(99999n), undefined);
  });

  Deno.test(`the client reads what ${folder} stored of a window`, async () => {
    const latest = folder === "judge-v10"
      ? "a_latest_input_inference_open"
      : "a_latest_inference_open";
    await using node = recordedNode(folder, [latest, "a_inferences_at_block"]);
    const client = await to([node.url]);
    const { submitted } = NONCES[folder];
    const stored = await client.inferencesAt(1n, submitted);
    assertEquals(stored.find(({ inferer }) => inferer === WORKER), {
      inferer: WORKER,
      value: "2605.5338",
      values: ["2605.5338"],
    });
    assertEquals(stored.length, 3);
    assertEquals(await client.inferencesAt(1n, submitted + 1n), []);
    assertEquals(await client.latestInferenceNonce(1n, WORKER), submitted);
    assertEquals(await client.networkInferenceAt(1n, submitted), [{
      label: "y",
      value: "2601.25",
    }]);
  });

  Deno.test(`the client finds no inference in ${folder} once the window has closed`, async () => {
    await using node = recordedNode(folder, ["a_latest_inference_after_close"]);
    assertEquals(await (await to([node.url])).latestInferenceNonce(1n, WORKER), undefined);
  });

  Deno.test(`simulate() reads the gas of ${folder}'s rehearsals`, async () => {
    const { simulate, request } = recording(folder, "a_submit_single_ok");
    await using node = serve({
      status: () => status(),
      abci_query: () => ({ response: simulate?.abci_query_response }),
    });
    const client = await to([node.url]);
    const bytes = Uint8Array.fromBase64(request?.tx_base64 ?? "");
    assertEquals(await client.simulate(bytes), BigInt(simulate?.gas_used ?? 0));
  });
}

for (const folder of ["judge-v10", "v0.8.0-genuine"] as const) {
  Deno.test(`the client reads score and reward fraction of ${folder}`, async () => {
    await using node = recordedNode(folder);
    const client = await to([node.url]);
    const { scored } = NONCES[folder];
    assertEquals(await client.scoreAt(1n, scored, WORKER), "0.1000000000000000000000000000000000");
    assertEquals(await client.scoreAt(1n, scored, UNKNOWN), undefined);
    assertEquals(await client.rewardFraction(1n, WORKER), "0.93347874172137029234424062463015697");
  });
}

Deno.test("the client reads labels, inferences and network inference of MULTI topics", async () => {
  await using node = recordedNode("judge-v10");
  const client = await to([node.url]);
  const { arity, requireUnity, unityTolerance, labelWhitelist, maxLabels } =
    await client.topic(3n) ?? {};
  assertEquals([arity, requireUnity, unityTolerance, maxLabels], ["multi", true, "0.0001", 3]);
  assertEquals(labelWhitelist, ["down", "neutral", "up"]);
  const [first] = await client.inferencesAt(2n, 323n);
  assertEquals(first, { inferer: WORKER, value: "", values: ["0.2", "0.3", "0.5", "0"] });
});

for (const [folder, open] of [["judge-v10", 23n], ["judge-v9", 63n]] as const) {
  Deno.test(`window() of ${folder} comes from the chain's own answer, open and closed`, async () => {
    await using node = recordedNode(folder, ["a_window_status_open"]);
    assertEquals(await (await to([node.url])).window(1n, WORKER), {
      topicId: 1n,
      isOpen: true,
      nonce: open,
      opens: open,
      closes: open + 10n,
      nextOpens: open + 20n,
      nextCloses: open + 30n,
      isRegistered: true,
      isWhitelisted: true,
      isActive: true,
    });
    await using later = recordedNode(folder, ["a_window_status_closed"]);
    const closed = await (await to([later.url])).window(1n, WORKER);
    assertEquals([closed.isOpen, closed.nonce, closed.closes, closed.nextOpens], [
      false,
      undefined,
      0n,
      open + 20n,
    ]);
  });
}

Deno.test("window() of v7 is put together from older queries, its end one block early", async () => {
  await using node = recordedNode("v0.8.0-genuine", ["a_nonces_open"]);
  const window = await (await to([node.url])).window(1n, WORKER);
  assertEquals([window.isOpen, window.nonce, window.opens, window.closes], [
    true,
    1085n,
    1085n,
    1094n,
  ]);
  assertEquals([window.isRegistered, window.isWhitelisted, window.isActive], [true, true, true]);
  await using later = recordedNode("v0.8.0-genuine", ["a_nonces_closed"]);
  assertEquals((await (await to([later.url])).window(1n, WORKER)).isOpen, false);
});

Deno.test("window() of a missing topic is a setting to correct", async () => {
  for (const folder of ["judge-v10", "v0.8.0-genuine"] as const) {
    const missing = recording(folder, "q_get_topic_missing").abci_query_response;
    const generation = folder === "judge-v10" ? 10 : 7;
    await using node = serve({
      status: () => status(),
      abci_query: ({ path }) => ({
        response: path === `/emissions.v${generation}.QueryService/GetParams`
          ? recording(folder, "q_get_params").abci_query_response
          : String(path).endsWith("GetParams")
          ? UNKNOWN_PATH
          : missing,
      }),
    });
    const client = await to([node.url]);
    const error = await assertRejects(
      () => client.window(99999n, WORKER),
      PipelineError,
      "topic 99999",
    );
    assertEquals(error.kind, "config");
  }
});

const BYTES = new Uint8Array([1, 2, 3]);

/** Answers to a broadcast: a JSON-RPC error's data, or a check's (codespace, code). */
const BROADCASTS: readonly (readonly [string, string | readonly [string, number], string])[] = [
  ["code 0", ["", 0], "accepted"],
  ["the mempool's cache", "tx already exists in cache", "accepted"],
  ["already in the mempool", ["sdk", 19], "accepted"],
  ["a wrong sequence", ["sdk", 32], "retry-sequence"],
  ["a low fee", ["sdk", 13], "retry-fee"],
  ["a full mempool", "mempool is full: number of txs 1 (max: 1)", "other-node"],
  ["an oversized body", "error reading request body: http: request body too large", "fatal"],
  ["an error unheard of", "timed out", "unknown"],
];

for (const [what, answer, expected] of BROADCASTS) {
  Deno.test(`broadcast() takes ${what} for ${expected}`, async () => {
    await using node = recordedAnd((params) => {
      assertEquals(params.tx, BYTES.toBase64());
      if (typeof answer === "string") throw new RpcError(answer);
      return { code: answer[1], codespace: answer[0], log: "why", data: "", hash: "" };
    });
    const client = await to([node.url]);
    if (expected === "unknown") {
      const error = await assertRejects(() => client.broadcast(BYTES), PipelineError);
      assertEquals([error.kind, error instanceof ChainRefusal], ["unavailable", false]);
      return;
    }
    const outcome = await client.broadcast(BYTES);
    assertEquals(outcome.accepted ? "accepted" : outcome.refusal.class, expected);
  });
}

Deno.test("simulate() throws the refusal that the transaction would meet", async () => {
  const row = recording("judge-v10", "d_decimal_table").rows?.find(({ text }) => text === "nan");
  const { code = 0, log = "" } = row?.signed_predicted_canonical ?? {};
  await using node = serve({
    status: () => status(),
    abci_query: ({ path }) => ({
      response: String(path).endsWith("Simulate")
        ? { code, codespace: "sdk", log, value: null, height: "0" }
        : recording("judge-v10", "q_get_params").abci_query_response,
    }),
  });
  const client = await to([node.url]);
  const refusal = await assertRejects(() => client.simulate(BYTES), ChainRefusal);
  assertEquals([refusal.codespace, refusal.code, refusal.class], ["sdk", 2, "fatal"]);
});

Deno.test("an answer of garbage is unavailable, and a price of nothing too", async () => {
  const garbage = { code: 0, codespace: "", log: "", height: "5" };
  for (const value of ["//8=", "not base64", null]) {
    await using node = serve({
      status: () => status(),
      abci_query: ({ path }) => ({
        response: String(path).endsWith("GetParams")
          ? recording("judge-v10", "q_get_params").abci_query_response
          : { ...garbage, value },
      }),
    });
    const client = await to([node.url]);
    const error = await assertRejects(() => client.gasPrice(), PipelineError);
    assertEquals(error.kind, "unavailable");
  }
});

function recordedAnd(broadcast: (params: Readonly<Record<string, unknown>>) => unknown) {
  return serve({
    status: () => status(),
    abci_query: () => ({ response: recording("judge-v10", "q_get_params").abci_query_response }),
    broadcast_tx_sync: broadcast,
  });
}
