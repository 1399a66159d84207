import type { AbciResponse, Block } from "./chain_types.ts";
import { GET_TX } from "./faults.ts";
import * as json from "./rpc_json.ts";
import { SubscriptionQuery } from "./subscription_query.ts";
import { type Call, hexParam, integerParam, internalError, textParam } from "./rpc_call.ts";
import {
  broadcastAsync,
  broadcastCommit,
  broadcastSync,
  tx,
  txSearch,
} from "./rpc_transactions.ts";

interface Method {
  /** Names of the parameters, for those who send them by position. */
  readonly params: readonly string[];
  readonly answer: (call: Call) => unknown;
}

/** What clients of the chain use of CometBFT 0.38's RPC; subscriptions are in websocket.ts. */
export const METHODS: ReadonlyMap<string, Method> = new Map(Object.entries({
  health: method([], () => ({})),
  status: method([], status),
  net_info: method([], netInfo),
  abci_info: method([], abciInfo),
  abci_query: method(["path", "data", "height", "prove"], abciQuery),
  block: method(["height"], (call) => json.blockJson(call.chain, blockOf(call))),
  header: method(["height"], (call) => ({ header: json.headerJson(call.chain, blockOf(call)) })),
  commit: method(["height"], (call) => json.signedHeaderJson(call.chain, blockOf(call))),
  block_results: method(["height"], (call) => json.blockResultsJson(blockOf(call))),
  block_search: method(["query", "page", "per_page", "order_by"], blockSearch),
  consensus_params: method(["height"], consensusParams),
  validators: method(["height", "page", "per_page"], validators),
  tx: method(["hash", "prove"], tx),
  tx_search: method(["query", "prove", "page", "per_page", "order_by"], txSearch),
  broadcast_tx_async: method(["tx"], broadcastAsync),
  broadcast_tx_sync: method(["tx"], broadcastSync),
  broadcast_tx_commit: method(["tx"], broadcastCommit),
}));

function method(params: readonly string[], answer: Method["answer"]): Method {
  return { params, answer };
}

/** The height that the node says it has reached. */
function headOf({ chain, faults }: Call): number {
  return Math.max(1, chain.height - (faults.get("stale") ?? 0));
}

/** The block asked for, the newest by default. */
function blockOf(call: Call): Block {
  return blockAt(call, heightOf(call, headOf(call)));
}

function heightOf(call: Call, byDefault: number): number {
  const height = integerParam(call.params, "height") ?? byDefault;
  if (height <= 0) throw internalError(`height must be greater than 0, but got ${height}`);
  const most = Math.max(headOf(call), byDefault);
  if (height <= most) return height;
  throw internalError(
    `height ${height} must be less than or equal to the current blockchain height ${headOf(call)}`,
  );
}

function blockAt(call: Call, height: number): Block {
  const lowest = lowestOf(call);
  const block = height < lowest ? undefined : call.chain.block(height);
  if (block !== undefined) return block;
  throw internalError(`height ${height} is not available, lowest height is ${lowest}`);
}

/** Height of the oldest block that the node has. */
function lowestOf({ chain, faults }: Call): number {
  return Math.max(1, chain.height + 1 - (faults.get("pruned") ?? chain.height));
}

function status(call: Call) {
  const { chain, faults, listen } = call;
  const first = blockAt(call, lowestOf(call));
  const newest = blockAt(call, headOf(call));
  return {
    node_info: {
      protocol_version: { p2p: "8", block: "11", app: "0" },
      id: json.digest("devnet node").slice(0, 40).toLowerCase(),
      listen_addr: listen,
      network: faults.has("wrong-chain-id") ? "allora-other-1" : chain.chainId,
      version: "0.38.15",
      channels: "402021222330386061",
      moniker: "devnet",
      other: { tx_index: "on", rpc_address: `tcp://${listen}` },
    },
    sync_info: {
      latest_block_hash: newest.hash,
      latest_app_hash: json.appHash(newest.height - 1),
      latest_block_height: String(newest.height),
      latest_block_time: json.timeJson(newest.timeMs),
      earliest_block_hash: first.hash,
      earliest_app_hash: json.appHash(first.height - 1),
      earliest_block_height: String(first.height),
      earliest_block_time: json.timeJson(first.timeMs),
      catching_up: false,
    },
    validator_info: json.VALIDATOR,
  };
}

function netInfo({ listen }: Call) {
  return { listening: true, listeners: [`Listener(@${listen})`], n_peers: "0", peers: [] };
}

function abciInfo(call: Call) {
  const head = headOf(call);
  return {
    response: {
      data: "AlloraApp",
      version: call.chain.generation === 10 ? "0.17.0-devnet" : "0.16.0-devnet",
      last_block_height: String(head),
      last_block_app_hash: json.base64OfHex(json.appHash(head)),
    },
  };
}

function abciQuery({ chain, params, faults }: Call) {
  const path = textParam(params, "path");
  const data = hexParam(params, "data");
  const height = integerParam(params, "height") ?? 0;
  const answer = path === GET_TX && faults.has("tx-not-found")
    ? notIndexed(chain.height)
    : chain.query(path, data, height);
  return {
    response: {
      code: answer.code,
      log: answer.log,
      info: "",
      index: "0",
      key: null,
      value: faults.has("garbage-protobuf") ? GARBAGE : answer.value?.toBase64() ?? null,
      proofOps: null,
      height: String(Math.max(0, answer.height - (faults.get("stale") ?? 0))),
      codespace: answer.codespace,
    },
  };
}

/** A field of a type that protobuf does not have. */
const GARBAGE = new Uint8Array(8).fill(0xff).toBase64();

function notIndexed(height: number): AbciResponse {
  const log = "rpc error: code = NotFound desc = tx not found: key not found";
  return { code: 22, codespace: "sdk", log, value: undefined, height };
}

/**
 * Blocks by the events that end them. Those of the beginning are in every block, so that nobody looks
 * for a block by them, and they are not searched.
 */
function blockSearch(call: Call) {
  const { chain, params, faults } = call;
  if (faults.has("no-block-index")) throw internalError("block indexing is disabled");
  const query = new SubscriptionQuery(textParam(params, "query"));
  const lowest = lowestOf(call);
  const found = chain.eventfulBlocks()
    .filter((block) => block.height >= lowest && query.matchesBlock(block));
  if (textParam(params, "order_by") !== "asc") found.reverse();
  const perPage = Math.min(integerParam(params, "per_page") ?? 30, 100);
  const page = integerParam(params, "page") ?? 1;
  return {
    blocks: found.slice((page - 1) * perPage, page * perPage)
      .map((block) => json.blockJson(chain, block)),
    total_count: String(found.length),
  };
}

/** Of the block that comes next, unless a height is given. */
function consensusParams(call: Call) {
  return {
    block_height: String(heightOf(call, headOf(call) + 1)),
    consensus_params: {
      ...json.CONSENSUS_PARAMS,
      version: { app: "0" },
      abci: { vote_extensions_enable_height: "0" },
    },
  };
}

function validators(call: Call) {
  return {
    block_height: String(heightOf(call, headOf(call) + 1)),
    validators: [{ ...json.VALIDATOR, proposer_priority: "0" }],
    count: "1",
    total: "1",
  };
}
