import { assert, assertEquals } from "@std/assert";
import { DevnetChain } from "../../src/devnet/chain.ts";
import { GetTxResponse, SimulateResponse } from "../../src/devnet/tx_response.ts";
import { MessageType } from "../../src/devnet/wire.ts";
import { bytes, string } from "../../src/devnet/wire_kinds.ts";
import {
  at,
  base64,
  list,
  masked,
  number,
  type Recording,
  text,
  transactionsIn,
} from "../recordings/recording.ts";
import { stateOf } from "../recordings/state_of.ts";

const recordings = ["judge-v9", "judge-v10"].flatMap((folder) => {
  const url = new URL(`../recordings/${folder}/`, import.meta.url);
  return [...Deno.readDirSync(url)].map(({ name }): [string, Recording] => [
    `${folder}/${name}`,
    JSON.parse(Deno.readTextFileSync(new URL(name, url))),
  ]);
}).sort();

const outcome = (result: unknown) => ({
  code: number(result, "code"),
  codespace: text(result, "codespace"),
  log: masked(text(result, "log")),
});

for (const [name, recording] of recordings) {
  const answer = at(recording, "broadcast_tx_sync", "result");
  const [tx] = transactionsIn(recording);
  if (tx === undefined || answer === undefined) continue;
  Deno.test(`the devnet judges ${name} as the node did`, () => {
    const chain = new DevnetChain(stateOf(recording));
    const checked = chain.checkTx(tx);
    assertEquals(outcome(checked), outcome(answer));
    const included = at(recording, "tx", "result");
    if (included === undefined) return;
    const block = chain.produceBlock();
    assertEquals(block.height, number(included, "height"));
    const result = at(included, "tx_result");
    const [done] = block.results;
    assertEquals(outcome(done), outcome(result));
    assertEquals(done?.data.toBase64() ?? "", text(result, "data"));
    assertEquals(eventsOf(done), eventsOf(result));
  });
}

for (const [name, recording] of recordings) {
  if (text(recording, "abci_path") === "") continue;
  Deno.test(`the devnet answers ${name} as the node did`, () => {
    const chain = new DevnetChain(stateOf(recording));
    const answer = at(recording, "abci_query_response");
    const got = chain.query(
      text(recording, "abci_path"),
      Uint8Array.fromHex(text(recording, "request_hex")),
    );
    assertEquals(outcome(got), outcome(answer));
    assertEquals(
      got.value?.toHex(),
      at(answer, "value") === null
        ? undefined
        : Uint8Array.fromBase64(text(answer, "value")).toHex(),
    );
    assertEquals(got.height, number(answer, "height"));
  });
}

const SimulateRequest = new MessageType("*SimulateRequest", { txBytes: [2, bytes] });
const GetTxRequest = new MessageType("*GetTxRequest", { hash: [1, string] });

for (const [name, recording] of recordings) {
  const [txBytes] = transactionsIn(recording);
  if (at(recording, "simulate") === undefined || txBytes === undefined) continue;
  Deno.test(`the devnet simulates ${name} as the node did, short of gas by as much`, () => {
    const chain = new DevnetChain(stateOf(recording));
    const got = chain.query(
      "/cosmos.tx.v1beta1.Service/Simulate",
      SimulateRequest.encode({ txBytes }),
    );
    const [ours, theirs] = [
      SimulateResponse.decode(got.value ?? new Uint8Array()),
      SimulateResponse.decode(base64(recording, "simulate", "abci_query_response", "value")),
    ];
    assertEquals(ours.gasInfo?.gasWanted, theirs.gasInfo?.gasWanted);
    assertEquals(eventsOf(ours.result), eventsOf(theirs.result));
    assertEquals(ours.result?.msgResponses, theirs.result?.msgResponses);
    chain.checkTx(txBytes);
    const [done] = chain.produceBlock().results;
    const shortfall = (done?.gasUsed ?? 0) - Number(ours.gasInfo?.gasUsed);
    assert(shortfall >= 26_193 && shortfall <= 30_338, `${shortfall}`);
    const recorded = number(recording, "result", "gas_used");
    assert(Math.abs((done?.gasUsed ?? 0) / recorded - 1) < 0.08, `${done?.gasUsed} of ${recorded}`);
  });
}

for (
  const [name, recording] of recordings.filter(([name]) => name.endsWith("a_abci_get_tx.json"))
) {
  Deno.test(`GetTx answers ${name} as the node did`, () => {
    const chain = new DevnetChain(stateOf(recording));
    const [tx = new Uint8Array()] = transactionsIn(recording);
    const checked = chain.checkTx(tx);
    chain.produceBlock();
    const hash = checked.kind === "result" ? checked.hash : "";
    const got = chain.query("/cosmos.tx.v1beta1.Service/GetTx", GetTxRequest.encode({ hash }));
    const comparable = (bytes: Uint8Array) => {
      const { tx, txResponse } = GetTxResponse.decode(bytes);
      return { tx, ...txResponse, events: eventsOf(txResponse), gasUsed: 0, timestamp: "" };
    };
    assertEquals(
      comparable(got.value ?? new Uint8Array()),
      comparable(base64(recording, "abci_query_response", "value")),
    );
  });
}

for (
  const [name, recording] of recordings.filter(([name]) => name.includes("block_results_window"))
) {
  Deno.test(`the block of ${name} has the events it had`, () => {
    const block = new DevnetChain(stateOf(recording)).produceBlock();
    const theirs = at(recording, "jsonrpc_response", "result");
    assertEquals(block.height, number(theirs, "height"));
    // who gets how much of the emission depends on stakes that the file does not tell
    const withoutRewards = (events: unknown) =>
      list(events).filter((one) => !text(one, "type").endsWith("EventTopicRewardsSet"));
    assertEquals(
      eventsOf({ events: withoutRewards(block.events) }),
      eventsOf({ events: withoutRewards(at(theirs, "finalize_block_events")) }),
    );
  });
}

function eventsOf(result: unknown): unknown {
  return list(result, "events").map((event) => [
    text(event, "type"),
    ...list(event, "attributes").map((one) => {
      const value = text(one, "value");
      return `${text(one, "key")}=${
        /^\d+uallo$/.test(value)
          ? "N"
          : value.replace(/allo1kt3\w+|allo1ys7\w+|allo1srz\w+|allo13td\w+/, "PROPOSER")
      }`;
    }),
  ]);
}
