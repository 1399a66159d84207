/** Recordings of tables: many transactions of one kind, made anew row by row. */
import { assertEquals } from "@std/assert";
import type { Devnet } from "../../src/devnet/start.ts";
import { MessageType } from "../../src/devnet/wire.ts";
import { bytes } from "../../src/devnet/wire_kinds.ts";
import {
  accountOf,
  payload,
  sendMessage,
  signedTx,
  type Signer,
  signer,
  topicSpec,
} from "../devnet/signing.ts";
import { at, generationOf, list, number, type Recording, text } from "../recordings/recording.ts";
import { comparable } from "./replay_masks.ts";
import { ask, broadcast, devnetOf, query } from "./replay_node.ts";

interface Submitting {
  readonly devnet: Devnet;
  readonly from: Signer;
}

/** A worker on a chain where the window of `nonce` is open and the head is at `height`. */
async function submitting(
  recording: Recording,
  nonce: number,
  height: number,
): Promise<Submitting> {
  const from = await signer(2);
  const topic = topicSpec({ openNonce: nonce, workers: [from.address] });
  const { firstNonce: _, ...open } = topic;
  const state = { startHeight: height, accounts: [accountOf(from)], topics: [open] };
  return { from, devnet: await devnetOf(recording, state) };
}

const SIMULATE = "/cosmos.tx.v1beta1.Service/Simulate";
const SimulateRequest = new MessageType("*SimulateRequest", { txBytes: [2, bytes] });

/** Values in many spellings, each with a signature over the text as sent and over the canonical one. */
export async function replayDecimals(recording: Recording): Promise<void> {
  const { devnet, from } = await submitting(recording, 10, 10);
  await using _ = devnet;
  for (const row of list(recording, "rows")) {
    const value = text(row, "text");
    const signed = {
      signed_raw_text: value,
      signed_predicted_canonical: text(row, "predicted_canonical"),
    };
    for (const [name, signedValue] of Object.entries(signed)) {
      const message = await payload(from, 10, { value, signedValue }, generationOf(recording));
      const txBytes = await signedTx(from, [message], { sequence: 0 });
      const answer = await query(devnet, SIMULATE, SimulateRequest.encode({ txBytes }));
      const got = { code: number(answer, "code"), log: text(answer, "log") };
      assertEquals(comparable(got), comparable(at(row, name)), `${value}, ${name}`);
    }
  }
}

/** Submissions aimed at the edges of the window. */
export async function replayBoundaries(recording: Recording): Promise<void> {
  for (const row of list(recording, "rows")) {
    const nonce = number(row, "nonce");
    const height = number(row, "included_height");
    const { devnet, from } = await submitting(recording, nonce, nonce);
    await using _ = devnet;
    devnet.step(height - 1 - nonce);
    const message = await payload(from, nonce, { value: "1.5" }, generationOf(recording));
    const tx = await signedTx(from, [message], { sequence: 0, gasLimit: 400_000 });
    const hash = text(await broadcast(devnet, tx), "result", "hash");
    devnet.step();
    const found = await ask(devnet, "tx", { hash: Uint8Array.fromHex(hash).toBase64() });
    const { code, codespace, log } = outcomeIn(at(found, "result", "tx_result"));
    const got = `included h=${text(found, "result", "height")} code=${code} ` +
      `codespace='${codespace}' gas=N/400000 log=${log}`;
    assertEquals(got, text(row, "result").replace(/gas=\d+/, "gas=N"));
  }
}

function outcomeIn(result: unknown) {
  return {
    code: number(result, "code"),
    codespace: text(result, "codespace"),
    log: text(result, "log"),
  };
}

/** Transfers with generous fees: all that was offered is taken, the rest of it as a tip. */
export async function replayFees(recording: Recording): Promise<void> {
  const from = await signer(2);
  await using devnet = await devnetOf(recording, { accounts: [accountOf(from)] });
  for (const [sequence, row] of list(recording, "rows").entries()) {
    const fee = BigInt(number(row, "fee_offered"));
    const before = await balanceOf(devnet, from.address);
    const send = sendMessage(from, from.address);
    const gasLimit = number(row, "gas_limit");
    const tx = await signedTx(from, [send], { sequence, gasLimit, fee });
    const hash = text(await broadcast(devnet, tx), "result", "hash");
    devnet.step();
    const taken = before - await balanceOf(devnet, from.address);
    assertEquals(taken, BigInt(number(row, "balance_delta")));
    const found = await ask(devnet, "tx", { hash: Uint8Array.fromHex(hash).toBase64() });
    const events = list(found, "result", "tx_result", "events");
    const paid = (type: string) => events.find((event) => text(event, "type") === type);
    const told = list(row, "fee_events").filter((event) => /_pay$/.test(text(event, "type")));
    for (const event of told) {
      const type = text(event, "type");
      const names = list(paid(type), "attributes").map((each) => text(each, "key"));
      assertEquals(names, Object.keys(at(event, "attributes") as object), type);
    }
    const amount = (type: string) =>
      BigInt(text(paid(type), "attributes", "0", "value").slice(0, -5));
    assertEquals(amount("fee_pay") + amount("tip_pay"), fee);
  }
}

const BALANCE = "/cosmos.bank.v1beta1.Query/Balance";

async function balanceOf(devnet: Devnet, address: string): Promise<bigint> {
  const text_ = new TextEncoder();
  const data = Uint8Array.from([10, 43, ...text_.encode(address), 18, 5, ...text_.encode("uallo")]);
  const answer = await query(devnet, BALANCE, data);
  const value = new TextDecoder().decode(Uint8Array.fromBase64(text(answer, "value")));
  return BigInt(/\d+$/.exec(value)?.[0] ?? "0");
}
