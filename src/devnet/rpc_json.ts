/** The chain's things as CometBFT 0.38 writes them in JSON: int64 as text, hashes in capital hex, bytes as base64. */
import { createHash } from "node:crypto";
import type { DevnetChain } from "./chain.ts";
import type { Block, TxResult } from "./chain_types.ts";

const EMPTY_HASH = digest("");
const VALIDATOR_KEY = createHash("sha256").update("devnet validator").digest("base64");

/** The chain's only validator. */
export const VALIDATOR = {
  address: digest("devnet validator address").slice(0, 40),
  pub_key: { type: "tendermint/PubKeyEd25519", value: VALIDATOR_KEY },
  voting_power: "100000",
};

/** The network's rules, of which nobody here asks for a change. */
export const CONSENSUS_PARAMS = {
  block: { max_bytes: "22020096", max_gas: "-1" },
  evidence: {
    max_age_num_blocks: "100000",
    max_age_duration: "172800000000000",
    max_bytes: "1048576",
  },
  validator: { pub_key_types: ["ed25519"] },
};

/** SHA-256 of a text, as the node prints hashes. */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").toUpperCase();
}

/** The hash by which a transaction is known. */
export function hashOf(tx: Uint8Array): string {
  return createHash("sha256").update(tx).digest("hex").toUpperCase();
}

/** RFC 3339 without trailing zeros, as Go writes times. */
export function timeJson(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.?0*Z$/, "Z");
}

/** State after `height`; stands in for the application's Merkle root. */
export function appHash(height: number): string {
  return digest(`state ${height}`);
}

function blockId(hash: string) {
  if (hash === "") return { hash, parts: { total: 0, hash: "" } };
  return { hash, parts: { total: 1, hash: digest(`parts ${hash}`) } };
}

export function headerJson(chain: DevnetChain, block: Block) {
  const { height, timeMs, txs } = block;
  const lastHash = chain.block(height - 1)?.hash ?? "";
  return {
    version: { block: "11" },
    chain_id: chain.chainId,
    height: String(height),
    time: timeJson(timeMs),
    last_block_id: blockId(lastHash),
    last_commit_hash: lastHash === "" ? EMPTY_HASH : digest(`commit ${lastHash}`),
    data_hash: txs.length === 0 ? EMPTY_HASH : digest(`data ${block.hash}`),
    validators_hash: digest("validators"),
    next_validators_hash: digest("validators"),
    consensus_hash: digest("consensus"),
    app_hash: appHash(height - 1),
    last_results_hash: EMPTY_HASH,
    evidence_hash: EMPTY_HASH,
    proposer_address: VALIDATOR.address,
  };
}

function commitJson(chain: DevnetChain, height: number) {
  const block = chain.block(height);
  const signatures = block === undefined ? [] : [{
    block_id_flag: 2,
    validator_address: VALIDATOR.address,
    timestamp: timeJson(block.timeMs),
    signature: createHash("sha512").update(block.hash).digest("base64"),
  }];
  return {
    height: String(block?.height ?? 0),
    round: 0,
    block_id: blockId(block?.hash ?? ""),
    signatures,
  };
}

export function blockJson(chain: DevnetChain, block: Block) {
  return {
    block_id: blockId(block.hash),
    block: {
      header: headerJson(chain, block),
      data: { txs: block.txs.map((tx) => tx.toBase64()) },
      evidence: { evidence: [] },
      last_commit: commitJson(chain, block.height - 1),
    },
  };
}

export function signedHeaderJson(chain: DevnetChain, block: Block) {
  return {
    signed_header: {
      header: headerJson(chain, block),
      commit: commitJson(chain, block.height),
    },
    canonical: true,
  };
}

export function txResultJson({ code, codespace, log, data, gasWanted, gasUsed, events }: TxResult) {
  return {
    code,
    data: data.length === 0 ? null : data.toBase64(),
    log,
    info: "",
    gas_wanted: String(gasWanted),
    gas_used: String(gasUsed),
    events,
    codespace,
  };
}

export function blockResultsJson({ height, results, events }: Block) {
  return {
    height: String(height),
    txs_results: results.length === 0 ? null : results.map(txResultJson),
    finalize_block_events: events,
    validator_updates: null,
    consensus_param_updates: { ...CONSENSUS_PARAMS, version: {}, abci: {} },
    app_hash: base64OfHex(appHash(height)),
  };
}

export function base64OfHex(hex: string): string {
  return Uint8Array.fromHex(hex).toBase64();
}
