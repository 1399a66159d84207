import { assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { IN_BLOCK, KEY, NONCE, planFor, signedFor, withLedger, WORKER } from "./fixture.ts";

const LOW_FEE = { code: 13, codespace: "sdk", log: "insufficient fee" };
const HASH = signedFor().hash;

/** Each way to a state, from a planned submission. */
const PATHS: Readonly<Record<string, (ledger: Ledger) => void>> = {
  signed: () => {},
  sent: (ledger) => ledger.markSent(HASH),
  confirmed: (ledger) => ledger.confirm(HASH, IN_BLOCK),
  "rejected by CheckTx": (ledger) => ledger.reject(HASH, LOW_FEE),
  "rejected in a block": (ledger) => ledger.reject(HASH, LOW_FEE, IN_BLOCK),
  expired: (ledger) => ledger.expire(HASH),
};
const MOVES: Readonly<Record<string, (ledger: Ledger) => void>> = {
  ...PATHS,
  signed: (ledger) => ledger.recordSigned(signedFor()),
};
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  signed: Object.keys(MOVES),
  sent: Object.keys(MOVES).filter((move) => move !== "signed"),
  confirmed: [],
  "rejected by CheckTx": ["signed", "confirmed", "rejected in a block"],
  "rejected in a block": [],
  expired: ["confirmed", "rejected in a block"],
};

Deno.test("a transaction moves along the allowed states only, its submission with it", () => {
  for (const [from, arrive] of Object.entries(PATHS)) {
    for (const [to, move] of Object.entries(MOVES)) {
      withLedger((ledger) => {
        ledger.plan(planFor());
        ledger.recordSigned(signedFor());
        arrive(ledger);
        const isAllowed = ALLOWED[from]?.includes(to) ?? false;
        if (isAllowed) move(ledger);
        else assertThrows(() => move(ledger), PipelineError, "Cannot", `${from} to ${to}`);
        const state = (isAllowed ? to : from).split(" ")[0];
        assertEquals(ledger.submission(1n, NONCE, WORKER)?.state, state, `${from} to ${to}`);
        assertEquals(ledger.transactionsOf(KEY)[0]?.state, state, `${from} to ${to}`);
      });
    }
  }
});

Deno.test("recordSigned() keeps the bytes and every number of the transaction", () => {
  withLedger((ledger, clock) => {
    ledger.plan(planFor());
    ledger.recordSigned(signedFor());
    ledger.markSent(HASH);
    assertEquals(ledger.pendingTransactions(WORKER), [{
      ...signedFor(),
      state: "sent",
      ...{ code: null, codespace: null, log: null },
      ...{ height: null, gasUsed: null, feePaidUallo: null },
      ...{ createdMs: clock.nowMs, updatedMs: clock.nowMs },
    }]);
  });
});

Deno.test("recordSigned() refuses a payload that was not planned", () => {
  withLedger((ledger) => {
    assertThrows(() => ledger.recordSigned(signedFor()), PipelineError, "nonce 720 is missing");
    assertEquals(ledger.pendingTransactions(WORKER), []);
  });
});

Deno.test("recordSigned() refuses a second transaction that could land beside the first", () => {
  withLedger((ledger) => {
    const other = { ...KEY, topicId: 2n };
    ledger.plan(planFor());
    ledger.plan(planFor(other));
    ledger.recordSigned(signedFor(KEY, { sequence: 1n }));
    const sameWindow = signedFor(KEY, { sequence: 2n });
    const sameSequence = signedFor(other, { sequence: 1n });
    for (const rival of [sameWindow, sameSequence]) {
      assertThrows(() => ledger.recordSigned(rival), PipelineError, "both could land");
    }
    ledger.recordSigned(signedFor(KEY, { sequence: 1n, hash: "HIGHER-FEE", feeUallo: 9n }));
    ledger.recordSigned(signedFor(other, { sequence: 2n }));
    assertEquals(ledger.pendingTransactions(WORKER).length, 3);
    assertEquals(ledger.transactionsOf(KEY).length, 2);
  });
});

Deno.test("a refused transaction makes way for the next one, which decides", () => {
  withLedger((ledger) => {
    ledger.plan(planFor());
    ledger.recordSigned(signedFor());
    ledger.reject(HASH, LOW_FEE);
    const refused = ledger.submission(1n, NONCE, WORKER);
    assertEquals([refused?.state, refused?.reason], ["rejected", "sdk 13: insufficient fee"]);
    const second = signedFor(KEY, { sequence: 9n });
    ledger.recordSigned(second);
    assertEquals(ledger.submission(1n, NONCE, WORKER)?.reason, null);
    ledger.confirm(second.hash, IN_BLOCK);
    assertEquals(ledger.submission(1n, NONCE, WORKER)?.state, "confirmed");
  });
});

Deno.test("a confirmed submission stays confirmed when its twin fails", () => {
  withLedger((ledger) => {
    const twin = signedFor(KEY, { hash: "TWIN", feeUallo: 9n });
    ledger.plan(planFor());
    ledger.recordSigned(signedFor());
    ledger.recordSigned(twin);
    ledger.confirm(HASH, IN_BLOCK);
    ledger.reject("TWIN", { code: 32, codespace: "sdk", log: "account sequence mismatch" });
    assertEquals(ledger.submission(1n, NONCE, WORKER)?.state, "confirmed");
  });
});

Deno.test("a registration is a transaction without a submission", () => {
  withLedger((ledger, clock) => {
    const register = signedFor({ ...KEY, nonce: 0n }, { kind: "register" });
    ledger.recordSigned(register);
    ledger.markSent(register.hash);
    clock.nowMs += 1000;
    ledger.confirm(register.hash, IN_BLOCK);
    assertEquals(ledger.transactionsOf(register)[0]?.state, "confirmed");
    assertEquals(ledger.feesSince(clock.nowMs), IN_BLOCK.feePaidUallo);
    assertEquals(ledger.feesSince(clock.nowMs + 1), 0n);
  });
});
