import { assertEquals, assertThrows } from "@std/assert";
import { addressOf } from "../../src/devnet/address.ts";
import { DevnetChain } from "../../src/devnet/chain.ts";
import {
  boundedText,
  canonicalText,
  midpoint,
  parseDecimal,
  plainText,
} from "../../src/devnet/decimal.ts";
import { MessageType, WireError } from "../../src/devnet/wire.ts";
import { bytes } from "../../src/devnet/wire_kinds.ts";
import { at, list, masked, number, text } from "../recordings/recording.ts";
import { accountOf, payload, signedTx, signer, topicSpec } from "./signing.ts";

const table: unknown = JSON.parse(
  Deno.readTextFileSync(new URL("../recordings/judge-v10/d_decimal_table.json", import.meta.url)),
);
const SimulateRequest = new MessageType("*SimulateRequest", { txBytes: [2, bytes] });

Deno.test("a simulation takes and refuses every value of the recorded decimal table", async () => {
  const worker = await signer(2);
  const chain = new DevnetChain({
    chainId: "allora-devnet-1",
    generation: 10,
    blockMs: 5000,
    startMs: 0,
    startHeight: 10,
    topics: [topicSpec({ openNonce: 10, workers: [worker.address] })],
    accounts: [accountOf(worker)],
  });
  for (const row of list(table, "rows")) {
    const value = text(row, "text");
    for (
      const [key, signedValue] of [
        ["signed_raw_text", value],
        ["signed_predicted_canonical", text(row, "predicted_canonical")],
      ] as const
    ) {
      const message = await payload(worker, 10, { value, signedValue });
      const txBytes = await signedTx(worker, [message], { sequence: 0 });
      const answer = chain.query(
        "/cosmos.tx.v1beta1.Service/Simulate",
        SimulateRequest.encode({ txBytes }),
      );
      const wanted = at(row, key);
      const told = { code: answer.code, log: masked(answer.log) };
      assertEquals(told, { code: number(wanted, "code"), log: masked(text(wanted, "log")) }, value);
    }
  }
});

Deno.test("boundedText() writes canonical text and takes it back unchanged", () => {
  const cases = [["1e2", "1E+2"], [".5", "0.5"], ["1e-7", "1E-7"], ["0E-7", "0.0000000"], [
    "",
    "0",
  ]];
  for (const [given = "", canonical = ""] of cases) {
    assertEquals(boundedText(given), canonical);
    assertEquals(boundedText(canonical), canonical);
  }
  assertThrows(() => boundedText("1E+41"), WireError, "cannot be greater than ±1e40");
  assertThrows(() => boundedText("1e99999999999"), WireError, "value out of range");
  assertThrows(() => boundedText("nanx"), WireError, "parse payload: x");
});

Deno.test("plainText() has no exponent", () => {
  assertEquals(plainText(parseDecimal("-1.25E-3")), "-0.00125");
  assertEquals(plainText(parseDecimal("12E+3")), "12000");
});

Deno.test("midpoint() has the 34 digits of the chain's quotient", () => {
  const mean = midpoint(parseDecimal("0.5"), parseDecimal("0.4"));
  assertEquals(canonicalText(mean), "0.4500000000000000000000000000000000");
});

Deno.test("addressOf() is the chain's address of a key", () => {
  const key = Uint8Array.fromHex(
    "031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f",
  );
  assertEquals(addressOf(key), "allo10xcqpzrky6eff2g52qdye53xkk9jxkvr0nqlh6");
});
