/** The calls that carry a transaction or look for one. */
import type { CheckResult, IncludedTx } from "./chain_types.ts";
import { base64Param, type Call, internalError, RpcError, textParam } from "./rpc_call.ts";
import { hashOf, txResultJson } from "./rpc_json.ts";

type Checked = Extract<CheckResult, { kind: "result" }>;

/** CometBFT's own patience for a block (timeout_broadcast_tx_commit). */
const COMMIT_TIMEOUT_MS = 10_000;

const MEMPOOL_FULL =
  "mempool is full: number of txs 5000 (max: 5000), total txs bytes 1740000 (max: 1073741824)";

export function broadcastSync(call: Call) {
  const { code, data, log, codespace, hash } = check(call);
  return { code, data: data.toHex().toUpperCase(), log, codespace, hash };
}

/** Does not wait for CheckTx: the hash is all that is known. */
export function broadcastAsync(call: Call) {
  const { hash } = check(call);
  return { code: 0, data: "", log: "", codespace: "", hash };
}

/** Answers when the transaction is in a block, or was refused before. */
export async function broadcastCommit(call: Call) {
  const { hash, ...checked } = checkToCommit(call);
  const check_tx = { ...txResultJson(checked), data: checked.data.toBase64() };
  if (checked.code !== 0) {
    return { check_tx, tx_result: txResultJson(NOTHING), hash, height: "0" };
  }
  const found = await included(call, hash);
  if (found === undefined) {
    throw internalError("timed out waiting for tx to be included in a block");
  }
  return { check_tx, tx_result: txResultJson(found.result), hash, height: String(found.height) };
}

const NOTHING = {
  ...{ code: 0, codespace: "", log: "", data: new Uint8Array() },
  ...{ gasWanted: 0, gasUsed: 0, events: [] },
};

/** CheckTx, unless a fault stands before the mempool. */
function check({ chain, params, faults }: Call): Checked {
  const bytes = base64Param(params, "tx");
  if (faults.has("refuse-broadcast")) throw internalError(MEMPOOL_FULL);
  if (faults.has("lose-broadcast")) return { kind: "result", ...NOTHING, hash: hashOf(bytes) };
  const checked = chain.checkTx(bytes);
  if (checked.kind === "result") return checked;
  throw new RpcError(checked.code, checked.message, checked.data);
}

function checkToCommit(call: Call): Checked {
  try {
    return check(call);
  } catch (thrown) {
    if (!(thrown instanceof RpcError) || thrown.code !== -32603) throw thrown;
    throw internalError(`error on broadcastTxCommit: ${thrown.data}`);
  }
}

function included({ chain, closing }: Call, hash: string): Promise<IncludedTx | undefined> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      closing.removeEventListener("abort", finish);
      stop();
      resolve(chain.tx(hash));
    };
    const timer = setTimeout(finish, COMMIT_TIMEOUT_MS);
    const stop = chain.onBlock(() => chain.tx(hash) && finish());
    closing.addEventListener("abort", finish);
  });
}

export function tx({ chain, params, faults }: Call) {
  const hash = base64Param(params, "hash").toHex().toUpperCase();
  const found = faults.has("tx-not-found") ? undefined : chain.tx(hash);
  if (found === undefined) throw internalError(`tx (${hash}) not found`);
  return txJson(found);
}

/** Searches by hash or by height, which is what clients with one account ask for. */
export function txSearch({ chain, params, faults }: Call) {
  const query = textParam(params, "query");
  const [, hash] = /^tx\.hash\s*=\s*'([0-9A-Fa-f]{64})'$/.exec(query) ?? [];
  const [, height] = /^tx\.height\s*=\s*'?(\d{1,15})'?$/.exec(query) ?? [];
  if (hash === undefined && height === undefined) {
    throw internalError(`the devnet searches by tx.hash or tx.height, not by ${query}`);
  }
  const hashes = hash !== undefined
    ? [hash.toUpperCase()]
    : (chain.block(Number(height))?.txs ?? []).map(hashOf);
  const found = faults.has("tx-not-found") ? [] : hashes.flatMap((hash) => chain.tx(hash) ?? []);
  return { txs: found.map(txJson), total_count: String(found.length) };
}

function txJson({ hash, height, index, result, tx }: IncludedTx) {
  const tx_result = txResultJson(result);
  return { hash, height: String(height), index, tx_result, tx: tx.toBase64() };
}
