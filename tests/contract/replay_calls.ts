/** Recordings of one call, or of one transaction from the mempool to its block. */
import { assert, assertEquals } from "@std/assert";
import { GetTxResponse, SimulateResponse } from "../../src/devnet/tx_response.ts";
import { MessageType } from "../../src/devnet/wire.ts";
import { bytes, string } from "../../src/devnet/wire_kinds.ts";
import {
  at,
  base64,
  list,
  number,
  type Recording,
  text,
  transactionsIn,
} from "../recordings/recording.ts";
import { withAccountNumber } from "./replay_account.ts";
import { comparable } from "./replay_masks.ts";
import { ask, broadcast, devnetOf, query } from "./replay_node.ts";
import { comparableEvents } from "./replay_untold.ts";

/** abci_path and request_hex: the answer has the same code, log and bytes. */
export async function replayQuery(recording: Recording): Promise<void> {
  await using devnet = await devnetOf(recording);
  const data = Uint8Array.fromHex(text(recording, "request_hex"));
  const got = await query(devnet, text(recording, "abci_path"), data);
  assertEquals(got, at(recording, "abci_query_response"));
}

/** request.tx_base64: rehearsed if it was, offered, included, looked up; each answer as it was. */
export async function replayTransaction(recording: Recording): Promise<void> {
  const [tx = new Uint8Array()] = transactionsIn(recording);
  await using devnet = await devnetOf(withAccountNumber(recording, tx));
  const simulated = at(recording, "simulate") === undefined
    ? undefined
    : await query(devnet, SIMULATE, SimulateRequest.encode({ txBytes: tx }));
  const offered = at(recording, "broadcast_tx_sync");
  const got = await broadcast(devnet, tx);
  if (offered !== undefined) assertEquals(comparable(got), comparable(offered));
  const included = at(recording, "tx");
  if (included === undefined) return;
  devnet.step();
  const hash = Uint8Array.fromHex(text(included, "result", "hash")).toBase64();
  const found = await ask(devnet, "tx", { hash, prove: false });
  assertEquals(comparable(found), comparable(included));
  assertEquals(text(found, "result", "hash"), text(included, "result", "hash"));
  assertEquals(text(found, "result", "tx"), text(included, "result", "tx"));
  assertEquals(text(found, "result", "height"), text(included, "result", "height"));
  if (simulated !== undefined) assertSimulated(simulated, recording, found);
}

const SIMULATE = "/cosmos.tx.v1beta1.Service/Simulate";
const SimulateRequest = new MessageType("*SimulateRequest", { txBytes: [2, bytes] });

/** The events that were, and gas that falls short of the block's by what it does on the real chain. */
function assertSimulated(simulated: unknown, recording: Recording, found: unknown): void {
  const ours = SimulateResponse.decode(base64(simulated, "value"));
  const theirs = SimulateResponse.decode(
    base64(recording, "simulate", "abci_query_response", "value"),
  );
  assertEquals(comparable(ours.result?.events), comparable(theirs.result?.events));
  assertEquals(ours.result?.msgResponses, theirs.result?.msgResponses);
  const used = number(found, "result", "tx_result", "gas_used");
  const shortfall = used - Number(ours.gasInfo?.gasUsed);
  assert(shortfall >= 26_193 && shortfall <= 30_338, `the simulation is ${shortfall} gas short`);
}

const GET_TX = "/cosmos.tx.v1beta1.Service/GetTx";
const GetTxRequest = new MessageType("*GetTxRequest", { hash: [1, string] });

/** An answer of GetTx, which holds the transaction it was asked for. */
export async function replayGetTx(recording: Recording): Promise<void> {
  await using devnet = await devnetOf(recording);
  const [tx = new Uint8Array()] = transactionsIn(recording);
  const hash = text(await broadcast(devnet, tx), "result", "hash");
  devnet.step();
  const got = await query(devnet, GET_TX, GetTxRequest.encode({ hash }));
  const recorded = at(recording, "abci_query_response");
  const decoded = (answer: unknown) => GetTxResponse.decode(base64(answer, "value"));
  const [ours, theirs] = [decoded(got), decoded(recorded)];
  assertEquals(ours.tx, theirs.tx);
  const response = ({ txResponse }: typeof ours) => ({
    ...txResponse,
    gasUsed: 0,
    timestamp: "",
    events: comparable(txResponse.events),
  });
  assertEquals(response(ours), response(theirs));
  assertEquals(outer(got), outer(recorded));
}

const AllowanceRequest = new MessageType("*Request", {
  granter: [1, string],
  grantee: [2, string],
});
const Grant = new MessageType("*Grant", {
  granter: [1, string],
  grantee: [2, string],
  rest: [3, bytes],
});
const AllowanceResponse = new MessageType("*Response", { allowance: [1, bytes] });

/** An answer about a fee grant names the two it is between; where it names none, there is none. */
export async function replayAllowance(recording: Recording): Promise<void> {
  await using devnet = await devnetOf(recording);
  const recorded = at(recording, "abci_query_response");
  const { allowance } = AllowanceResponse.decode(base64(recorded, "value"));
  const parties = allowance.length === 0 ? NOBODY : Grant.decode(allowance);
  const path = "/cosmos.feegrant.v1beta1.Query/Allowance";
  assertEquals(await query(devnet, path, AllowanceRequest.encode(parties)), recorded);
}

const NOBODY = {
  granter: "allo1ktzndg8yd47kphwwqv0z5lghc05keu8njky6jj",
  grantee: "allo1vmrg6kunczpp6e5k2jp829rrjw37krwtjzzdh6",
};

function outer(answer: unknown): unknown {
  return { ...(answer as object), value: "" };
}

/** The events of the blocks in which windows opened or closed. */
export async function replayBlockEvents(recording: Recording): Promise<void> {
  await using devnet = await devnetOf(recording);
  devnet.step();
  const height = text(recording, "jsonrpc_response", "result", "height");
  const got = await ask(devnet, "block_results", { height });
  assertEquals(comparableBlock(got), comparableBlock(at(recording, "jsonrpc_response")));
}

/** An answer of block_results, or what of it can be equal. */
export function comparableBlock(answer: unknown): unknown {
  const { finalize_block_events: _, ...result } = at(answer, "result") as Record<string, unknown>;
  const events = comparableEvents(list(answer, "result", "finalize_block_events"));
  return { ...comparable({ ...(answer as object), result }) as object, events };
}
