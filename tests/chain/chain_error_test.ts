import { assertEquals } from "@std/assert";
import {
  ChainRefusal,
  isUnknownForm,
  mempoolRefusal,
  simulatedRefusal,
} from "../../src/chain/chain_error.ts";
import { GENERATIONS, recording, recordings } from "./recordings.ts";

/** What is to be done after each refused recording, by (codespace, code); "" for the bare default. */
const EXPECTED: Readonly<Record<string, string>> = {
  "emissions 6": "fatal config",
  "emissions 8": "done retry",
  "emissions 13": "fatal denied",
  "emissions 23": "fatal config",
  "emissions 67": "give-up-nonce retry",
  "emissions 75": "give-up-nonce retry",
  "emissions 78": "done retry",
  "emissions 83": "fatal denied",
  "emissions 95": "fatal config",
  "emissions 97": "fatal config",
  "feemarket 1": "fatal internal",
  "sdk 2": "fatal internal",
  "sdk 4": "fatal internal",
  "sdk 5": "fatal unavailable",
  "sdk 6": "fatal internal",
  "sdk 7": "fatal config",
  "sdk 9": "fatal unavailable",
  "sdk 11": "retry-gas retry",
  "sdk 13": "retry-fee retry",
  "sdk 18": "fatal invalid",
  "sdk 29": "fatal invalid",
  "sdk 30": "give-up-nonce retry",
  "sdk 32": "retry-sequence retry",
  "sdk 38": "fatal config",
  "undefined 111222": "fatal internal",
};

for (const [folder] of GENERATIONS) {
  Deno.test(`ChainRefusal classifies every refused transaction of ${folder}`, () => {
    let refused = 0;
    for (const [name, { result, tx }] of recordings(folder)) {
      const answer = tx?.result.tx_result ?? result;
      if (answer === undefined || answer.code === 0 || result?.stage === "rpc") continue;
      const refusal = new ChainRefusal("Cannot submit", answer);
      const pair = `${answer.codespace} ${answer.code}`;
      const expected = pair !== "undefined 1"
        ? EXPECTED[pair]
        : name === "b_duplicate_same_window"
        ? "done retry"
        : "fatal internal";
      assertEquals(`${refusal.class} ${refusal.kind}`, expected, `${name}: ${pair}`);
      assertEquals(/\p{Cc}|\ufffd/u.test(refusal.message), false, name);
      assertEquals(typeof refusal.hint, "string");
      refused++;
    }
    assertEquals(refused > 20, true);
  });

  Deno.test(`isUnknownForm() tells another generation's messages of ${folder}, and only those`, () => {
    for (const [name, { broadcast_tx_sync: sent }] of recordings(folder)) {
      if (sent?.result === undefined || sent.result.code === 0) continue;
      const other = /b_(other|old)_generation/.test(name);
      assertEquals(isUnknownForm(new ChainRefusal("Cannot submit", sent.result)), other, name);
    }
  });
}

Deno.test("simulatedRefusal() finds the error in the text of each failed simulation", () => {
  for (const folder of ["judge-v10", "v0.8.0-genuine"] as const) {
    for (const row of recording(folder, "d_decimal_table").rows ?? []) {
      const { code, log } = row.signed_predicted_canonical;
      if (code === 0) continue;
      const refusal = simulatedRefusal({ codespace: "sdk", code, log });
      const found = `${refusal.codespace} ${refusal.code}`;
      const signed = log.includes("invalid type [");
      assertEquals(found, signed ? "sdk 29" : "sdk 2", log);
      assertEquals(refusal.log.includes("rpc error"), false);
    }
  }
});

Deno.test("simulatedRefusal() knows codes, duplicates and what it has never seen", () => {
  const wrap = (text: string, place = " [src/x.go:1]") =>
    `rpc error: code = Unknown desc = ${text}${place} with gas used: '75012': unknown request`;
  const table: [string, string, string][] = [
    [
      wrap("failed to execute message; message index: 0: unfulfilled nonce not found"),
      "emissions 75",
      "give-up-nonce",
    ],
    [
      wrap("account sequence mismatch, expected 3, got 4: incorrect account sequence"),
      "sdk 32",
      "retry-sequence",
    ],
    [
      wrap("Error planning inference admission: inference already submitted", ""),
      "undefined 1",
      "done",
    ],
    [
      wrap("out of gas in location: ReadFlat; gasWanted: 1, gasUsed: 2: out of gas"),
      "sdk 11",
      "retry-gas",
    ],
    [wrap("something entirely new"), "sdk 6", "fatal"],
    ["no wrapping at all", "sdk 6", "fatal"],
  ];
  for (const [log, pair, expected] of table) {
    const refusal = simulatedRefusal({ codespace: "sdk", code: 6, log });
    assertEquals(`${refusal.codespace} ${refusal.code}`, pair, log);
    assertEquals(refusal.class, expected, log);
  }
});

Deno.test("ChainRefusal signs again when the block was too full for the fee market", () => {
  const log = "unable to update fee market state: block utilization exceeds its maximum";
  const refusal = new ChainRefusal("Cannot submit", { codespace: "undefined", code: 1, log });
  assertEquals(refusal.class, "retry-sequence");
});

Deno.test("isUnknownForm() sees another generation through a simulation's wrapping", () => {
  const desc = [
    "unable to resolve type URL /emissions.v9.RegisterRequest: tx parse error",
    "no message handler found for *emissionsv6.RegisterRequest: unknown request",
  ];
  for (const text of desc) {
    const log =
      `rpc error: code = Unknown desc = ${text} [a.go:1] with gas used: '1': unknown request`;
    assertEquals(isUnknownForm(simulatedRefusal({ codespace: "sdk", code: 6, log })), true);
  }
});

Deno.test("mempoolRefusal() knows a full mempool and an oversized transaction, nothing else", () => {
  assertEquals(
    mempoolRefusal("mempool is full: number of txs 5000 (max: 5000)")?.class,
    "other-node",
  );
  assertEquals(mempoolRefusal("Tx too large. Max size is 1048576, but got 2000000")?.code, 21);
  const body = "error reading request body: http: request body too large";
  assertEquals(mempoolRefusal(body)?.class, "fatal");
  assertEquals(mempoolRefusal("timed out waiting"), undefined);
});
