/** Recordings of a raw answer: what was asked is told by the answer, or by the description. */
import { assertEquals } from "@std/assert";
import { at, type Recording, text } from "../recordings/recording.ts";
import { comparable } from "./replay_masks.ts";
import { ask, devnetOf } from "./replay_node.ts";

interface RawCall {
  readonly method: string;
  readonly params: unknown;
}

export function isRawCall(recording: Recording): boolean {
  return at(recording, "jsonrpc_response") !== undefined && callOf(recording) !== undefined;
}

/** The answer is the recorded one, to the letter of what nodes have in common. */
export async function replayRawCall(recording: Recording): Promise<void> {
  await using devnet = await devnetOf(recording);
  devnet.step(2);
  const { method, params } = callOf(recording)!;
  const got = await ask(devnet, method, params);
  assertEquals(comparable(got), comparable(at(recording, "jsonrpc_response")));
}

/** A body beyond the node's limit of 1,000,000 bytes. */
const TOO_LARGE = "A".repeat(1_400_000);
/** A tag of field number 0, which no message can have. */
const GARBAGE = "AAECAw==";
const SHA256_OF_NOTHING = "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";

function callOf(recording: Recording): RawCall | undefined {
  const named = /JSON-RPC (\w+)$/.exec(text(recording, "description"))?.[1];
  if (named !== undefined) return { method: named, params: {} };
  const answer = at(recording, "jsonrpc_response");
  const error = text(answer, "error", "data");
  const sent = (tx: string) => ({ method: "broadcast_tx_sync", params: { tx } });

  const hash = /^tx \(([0-9A-F]{64})\) not found$/.exec(error)?.[1];
  if (hash !== undefined) return { method: "tx", params: { hash: base64Of(hash) } };
  const height = /^height (-?\d+) must be/.exec(error)?.[1];
  if (height !== undefined) return { method: "block", params: { height } };
  const readable = /illegal base64 data at input byte (\d+)$/.exec(error)?.[1];
  if (readable !== undefined) return sent(`${"A".repeat(Number(readable))}*`);
  if (error.endsWith("request body too large")) return sent(TOO_LARGE);
  if (text(answer, "error", "code") === "-32601") return { method: "no_such_method", params: {} };
  if (text(answer, "result", "response", "code") === "26") {
    const params = { path: "/emissions.v10.QueryService/GetParams", data: "", height: "99999999" };
    return { method: "abci_query", params };
  }
  const offered = text(answer, "result", "hash");
  if (offered === SHA256_OF_NOTHING) return sent("");
  if (text(answer, "result", "code") === "2") return sent(GARBAGE);
  return undefined;
}

function base64Of(hex: string): string {
  return Uint8Array.fromHex(hex).toBase64();
}
