import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { startDevnet } from "../../src/devnet/start.ts";
import { parseState } from "../../src/devnet/state_file.ts";
import { PipelineError } from "../../src/errors.ts";
import { call } from "./node_calls.ts";

const WORKER = "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj";
const OTHER = "allo1vmrg6kunczpp6e5k2jp829rrjw37krwtjzzdh6";

const TOPIC = {
  id: 7,
  metadata: "single",
  epoch_length: 20,
  submission_window: 10,
  ground_truth_lag: 20,
  open_nonce: 23,
  workers: [WORKER],
};
const ACCOUNT = { address: WORKER, number: 2, sequence: 5, balance_uallo: "1000000" };
const STATE = {
  chain_id: "allora-devnet-9",
  generation: 9,
  start_height: 23,
  accounts: [ACCOUNT],
  topics: [TOPIC],
};

Deno.test("parseState() fills in what is not said", () => {
  assertEquals(parseState({}), {
    chainId: "allora-devnet-1",
    generation: 10,
    blockMs: 5000,
    startMs: Date.UTC(2024, 10, 1),
    startHeight: 1,
    topics: [],
    accounts: [],
  });
  const { topics, accounts } = parseState(STATE);
  assertEquals(topics[0]?.lossMethod, "mse");
  assertEquals(topics[0]?.openNonce, 23);
  assertEquals(accounts[0], {
    address: WORKER,
    number: 2,
    sequence: 5,
    balanceUallo: "1000000",
  });
});

Deno.test("a devnet starts from the state, whatever else it is told", async () => {
  const state = parseState(STATE);
  await using devnet = await startDevnet({ state, generation: 10, manual: true });
  const { rpcUrl } = devnet;
  const { node_info, sync_info } = await call(rpcUrl, "status");
  assertEquals([node_info.network, sync_info.latest_block_height], ["allora-devnet-9", "23"]);
  const path = "/emissions.v9.QueryService/GetUnfulfilledWorkerNonces";
  const { response } = await call(rpcUrl, "abci_query", { path, data: "0807" });
  assertEquals(Uint8Array.fromBase64(response.value).toHex(), "0a040a020817");
});

Deno.test("parseState() names the path and the value of what it refuses", () => {
  const topic = (over: object) => ({ ...STATE, topics: [{ ...TOPIC, ...over }] });
  const account = (over: object) => ({ ...STATE, accounts: [{ ...ACCOUNT, ...over }] });
  const cases: [unknown, string][] = [
    [[], "it is []"],
    [null, "it is null"],
    [{ chainid: "x" }, 'chainid is "x"'],
    [{ chain_id: "" }, 'chain_id is ""'],
    [{ generation: 7 }, "generation is 7"],
    [{ start_height: 0 }, "start_height is 0"],
    [{ start_ms: 1.5 }, "start_ms is 1.5"],
    [{ block_ms: "5000" }, 'block_ms is "5000"'],
    [{ gas_price: "ten" }, 'gas_price is "ten"'],
    [{ topics: {} }, "topics is {}"],
    [{ topics: [3] }, "topics[0] is 3"],
    [topic({ epoch_length: -1 }), "topics[0].epoch_length is -1"],
    [topic({ ground_truth_lag: undefined }), "topics[0].ground_truth_lag is missing"],
    [topic({ arity: "several" }), 'topics[0].arity is "several"'],
    [topic({ arity: "multi" }), 'topics[0].arity is "multi"'],
    [topic({ submission_window: 21 }), "topics[0].submission_window is 21"],
    [topic({ open_nonce: 24 }), "topics[0].open_nonce is 24"],
    [topic({ active: "yes" }), 'topics[0].active is "yes"'],
    [topic({ workers: [WORKER, "allo1x"] }), 'topics[0].workers[1] is "allo1x"'],
    [topic({ target: { kind: "price", pair: "SOL/USD" } }), 'topics[0].target.pair is "SOL/USD"'],
    [{ ...STATE, topics: [TOPIC, TOPIC] }, "topics[1].id is 7"],
    [account({ address: WORKER.replace("y6", "y7") }), "accounts[0].address is "],
    [account({ number: "2" }), 'accounts[0].number is "2"'],
    [account({ balance_uallo: 5 }), "accounts[0].balance_uallo is 5"],
    [account({ pubkey_hex: "02" }), 'accounts[0].pubkey_hex is "02"'],
    [{ accounts: [ACCOUNT, { ...ACCOUNT, number: 3 }] }, "accounts[1].address is "],
    [{ accounts: [ACCOUNT, { ...ACCOUNT, address: OTHER }] }, "accounts[1].number is 2"],
  ];
  for (const [state, found] of cases) {
    const json = JSON.parse(JSON.stringify(state));
    const error = assertThrows(() => parseState(json), PipelineError, found);
    assertEquals([error.kind, error.exitCode], ["config", 78], found);
    assertMatch(error.message, /^Cannot use the state: [^\n]+$/);
    assertMatch(error.hint ?? "", /^it must be /);
  }
});
