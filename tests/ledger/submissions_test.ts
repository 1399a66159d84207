import { assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { IN_BLOCK, KEY, NONCE, planFor, signedFor, withLedger, WORKER } from "./fixture.ts";

Deno.test("plan() keeps every field of the forecast as it was given", () => {
  withLedger((ledger, clock) => {
    const labels = [{ label: "down", value: "0.2" }, { label: "up", value: "0.8" }];
    assertEquals(ledger.plan({ ...planFor(), labels }), true);
    assertEquals(ledger.submission(1n, NONCE, WORKER), {
      ...planFor(),
      labels,
      state: "planned",
      reason: null,
      createdMs: clock.nowMs,
      updatedMs: clock.nowMs,
      ...{ included: null, score: null, emaScore: null, rewardUallo: null, networkValue: null },
      ...{ realised: null, loss: null, lossZero: null, settledMs: null },
    });
  });
});

Deno.test("plan() tells the second planner false and keeps the first value", () => {
  withLedger((ledger) => {
    ledger.plan(planFor());
    assertEquals(ledger.plan(planFor(KEY, "0.9")), false);
    assertEquals(ledger.submission(1n, NONCE, WORKER)?.value, "0.0125");
  });
});

Deno.test("a refused prediction is tried again: a later plan() takes its place", () => {
  withLedger((ledger) => {
    const { windowOpens, windowCloses } = planFor();
    const refusal = { ...KEY, windowOpens, windowCloses, model: "ridge", reason: "not a number" };
    ledger.refuse({ ...refusal, value: "NaN" });
    ledger.refuse({ ...refusal, value: "51", reason: "outside [-50, 50]" });
    const refused = ledger.submission(1n, NONCE, WORKER);
    assertEquals([refused?.state, refused?.value, refused?.low], ["refused", "51", null]);
    assertEquals(ledger.unsettled(WORKER), []);
    assertEquals(ledger.plan(planFor()), true);
    assertEquals(ledger.submission(1n, NONCE, WORKER)?.state, "planned");
    assertThrows(() => ledger.refuse({ ...refusal, value: "NaN" }), PipelineError, "it is planned");
  });
});

Deno.test("resolve() ends a submission that has no transaction under way", () => {
  withLedger((ledger) => {
    ledger.plan(planFor());
    ledger.resolve(KEY, "rejected", "emissions 83: not permitted");
    ledger.resolve(KEY, "expired", "window closed");
    assertThrows(() => ledger.resolve(KEY, "rejected", "late"), PipelineError, "it is expired");
    ledger.resolve(KEY, "confirmed", "the chain lists the inference");
    const found = ledger.submission(1n, NONCE, WORKER);
    assertEquals([found?.state, found?.reason], ["confirmed", "the chain lists the inference"]);
  });
});

Deno.test("resolve() refuses while a transaction's outcome is unknown", () => {
  withLedger((ledger) => {
    ledger.plan(planFor());
    ledger.recordSigned(signedFor());
    assertThrows(() => ledger.resolve(KEY, "expired", "?"), PipelineError, "it is signed");
  });
});

Deno.test("settle() collects facts over several visits and then closes the row", () => {
  withLedger((ledger, clock) => {
    ledger.plan(planFor());
    assertThrows(() => ledger.settle(KEY, { included: true }), PipelineError, "it is planned");
    ledger.recordSigned(signedFor());
    ledger.confirm(signedFor().hash, IN_BLOCK);
    ledger.settle(KEY, { included: true, networkValue: "0.011" });
    ledger.settle(KEY, { score: "-0.3" });
    assertEquals(ledger.unsettled(WORKER).length, 1);
    assertThrows(() => ledger.settle(KEY, { included: false }), PipelineError, "it is confirmed");
    clock.nowMs += 3_600_000;
    const facts = { realised: 0.01, loss: 6.25e-6, lossZero: 1e-4 };
    ledger.settle(KEY, facts, { isFinal: true });
    const settled = ledger.submission(1n, NONCE, WORKER);
    assertEquals(settled && [settled.included, settled.score, settled.networkValue], [
      true,
      "-0.3",
      "0.011",
    ]);
    assertEquals(settled && [settled.realised, settled.loss, settled.lossZero, settled.settledMs], [
      0.01,
      6.25e-6,
      1e-4,
      clock.nowMs,
    ]);
    assertEquals(ledger.unsettled(WORKER), []);
    assertThrows(() => ledger.settle(KEY, { loss: 1 }), PipelineError, "confirmed, settled");
  });
});

Deno.test("unsettled() lists the worker's open rows, oldest window first", () => {
  withLedger((ledger) => {
    ledger.plan(planFor({ ...KEY, nonce: 1440n }));
    ledger.plan(planFor());
    ledger.plan(planFor({ ...KEY, worker: "allo1other" }));
    assertEquals(ledger.unsettled(WORKER).map(({ nonce }) => nonce), [720n, 1440n]);
  });
});

Deno.test("history() is newest first and adds what the transactions cost", () => {
  withLedger((ledger) => {
    for (const nonce of [720n, 1440n, 2160n]) ledger.plan(planFor({ ...KEY, nonce }));
    const first = signedFor({ ...KEY, nonce: 1440n }, { sequence: 4n });
    const second = signedFor({ ...KEY, nonce: 1440n }, { sequence: 5n });
    ledger.recordSigned(first);
    ledger.reject(first.hash, { code: 11, codespace: "sdk", log: "out of gas" }, IN_BLOCK);
    ledger.recordSigned(second);
    ledger.confirm(second.hash, IN_BLOCK);
    const past = ledger.history(1n, 2);
    assertEquals(past.map(({ nonce, hash }) => [nonce, hash]), [
      [2160n, null],
      [1440n, second.hash],
    ]);
    assertEquals(past.map(({ feePaidUallo }) => feePaidUallo), [0n, 140_000_000_000_002n]);
    assertEquals(ledger.feesSince(0), 140_000_000_000_002n);
  });
});

Deno.test("a topic id and a height beyond 2^53 come back exact", () => {
  withLedger((ledger) => {
    const key = { ...KEY, topicId: 2n ** 62n + 1n, nonce: 2n ** 61n + 1n };
    ledger.plan(planFor(key));
    assertEquals(ledger.submission(key.topicId, key.nonce, WORKER)?.nonce, key.nonce);
  });
});

Deno.test("plan() passes over properties that the ledger does not know", () => {
  withLedger((ledger) => {
    const more = { ...planFor(), asOfMs: 1, state: "sent", updatedMs: 5 };
    assertEquals(ledger.plan(more), true);
    assertEquals(ledger.submission(1n, NONCE, WORKER)?.state, "planned");
  });
});
