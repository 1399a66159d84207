import { assertEquals } from "@std/assert";
import { IN_BLOCK, KEY, planFor, signedFor, withLedger, WORKER } from "./fixture.ts";

const START_MS = 1_700_000_000_000;
const SEEN = {
  topicId: 1n,
  seenHeight: 725n,
  seenMs: START_MS,
  headMs: START_MS - 2000,
  nonce: 720n,
  closes: 1320n,
  nextOpens: 1440n,
};
/** Fifty blocks of five seconds before SEEN, and after it. */
const EARLIER = { ...SEEN, seenHeight: 675n, seenMs: START_MS - 250_000 };
const LATER = { ...SEEN, seenHeight: 775n, seenMs: START_MS + 250_000 };

Deno.test("recordWindow() keeps what was seen and learns the pace over stretches of blocks", () => {
  withLedger((ledger) => {
    assertEquals(ledger.lastWindow(1n), undefined);
    ledger.recordWindow(SEEN);
    const { seenHeight: paceFromHeight, seenMs: paceFromMs } = SEEN;
    const from = { paceFromHeight, paceFromMs };
    assertEquals(ledger.lastWindow(1n), { ...SEEN, ...from, paceMs: null, paces: 0n });
    const soon = { ...SEEN, seenHeight: 735n, seenMs: START_MS + 50_000 };
    ledger.recordWindow(soon);
    assertEquals(ledger.lastWindow(1n), { ...soon, ...from, paceMs: null, paces: 0n });
    ledger.recordWindow(LATER);
    const pace = ledger.lastWindow(1n);
    assertEquals([pace?.paceMs, pace?.paces, pace?.paceFromHeight], [5000, 1n, 775n]);
  });
});

Deno.test("a chain or a machine that stood still does not make the windows look far away", () => {
  withLedger((ledger, clock) => {
    const at = (blocks: bigint, seconds: number) =>
      ledger.recordWindow({
        ...SEEN,
        ...{ seenHeight: 725n + blocks, seenMs: START_MS + seconds * 1000 },
        ...{ nonce: null, closes: null },
      });
    at(0n, 0);
    at(30n, 3600);
    clock.nowMs = START_MS + 3_600_000;
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), 0, "one stretch is not believed");
    at(60n, 3750);
    assertEquals(ledger.lastWindow(1n)?.paceMs, 5000, "of two the faster one is");
    at(90n, 7200);
    assertEquals(ledger.lastWindow(1n)?.paceMs, 5500);
  });
});

Deno.test("nothingDueUntilMs() is 0 until the open window's submission is confirmed", () => {
  withLedger((ledger, clock) => {
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), 0);
    ledger.recordWindow(EARLIER);
    ledger.recordWindow(SEEN);
    ledger.recordWindow({ ...LATER, nextOpens: 1000n });
    clock.nowMs = LATER.seenMs + 1000;
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), 0);
    ledger.plan(planFor());
    ledger.recordSigned(signedFor());
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), 0);
    ledger.confirm(signedFor().hash, IN_BLOCK);
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), LATER.seenMs + 225 * 5000 * 0.8);
    assertEquals(ledger.nothingDueUntilMs(1n, "allo1other"), 0);
  });
});

Deno.test("nothingDueUntilMs() is 0 while a closed window is not proved", () => {
  withLedger((ledger, clock) => {
    const closed = { ...LATER, seenHeight: 1325n, nonce: null, closes: null };
    ledger.recordWindow(EARLIER);
    ledger.recordWindow(SEEN);
    ledger.recordWindow({ ...closed, seenMs: START_MS + 3_000_000 });
    clock.nowMs = START_MS + 3_000_000;
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), START_MS + 3_000_000 + 115 * 5000 * 0.8);
    ledger.plan(planFor());
    ledger.resolve(KEY, "confirmed", "the chain lists the inference");
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), 0);
    ledger.settle(KEY, { included: true });
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER) > clock.nowMs, true);
  });
});

Deno.test("nothingDueUntilMs() is 0 while a transaction's outcome is unknown", () => {
  withLedger((ledger, clock) => {
    ledger.recordWindow(EARLIER);
    ledger.recordWindow(SEEN);
    ledger.recordWindow({ ...LATER, nonce: null, closes: null });
    clock.nowMs = LATER.seenMs;
    const register = signedFor({ ...KEY, nonce: 0n }, { kind: "register" });
    ledger.recordSigned(register);
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), 0);
    ledger.confirm(register.hash, IN_BLOCK);
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER) > clock.nowMs, true);
  });
});

Deno.test("nothingDueUntilMs() never looks further than half an hour, nor past a clock set back", () => {
  withLedger((ledger, clock) => {
    ledger.recordWindow(EARLIER);
    ledger.recordWindow(SEEN);
    ledger.recordWindow({ ...LATER, nonce: null, closes: null, nextOpens: 100_000n });
    clock.nowMs = LATER.seenMs + 1;
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), LATER.seenMs + 30 * 60_000);
    clock.nowMs = LATER.seenMs - 1;
    assertEquals(ledger.nothingDueUntilMs(1n, WORKER), 0);
  });
});

Deno.test("closeWindow() lets late proof win, and never the other way round", () => {
  withLedger((ledger, clock) => {
    ledger.closeWindow(KEY, "missed", "the machine was off");
    ledger.closeWindow({ ...KEY, nonce: 1440n }, "proven");
    ledger.closeWindow({ ...KEY, nonce: 1440n }, "missed", "?");
    const closed = (nonce: bigint, outcome: "proven" | "missed", reason: string | null) => ({
      ...{ ...KEY, nonce, outcome, reason, closedMs: clock.nowMs },
    });
    assertEquals(ledger.closedWindows(1n, WORKER, 10), [
      closed(1440n, "proven", null),
      closed(720n, "missed", "the machine was off"),
    ]);
    ledger.closeWindow(KEY, "proven");
    assertEquals(ledger.closedWindows(1n, WORKER, 2)[1], closed(720n, "proven", null));
  });
});

Deno.test("rememberAddress() spares the next visit the derivation of keys", () => {
  withLedger((ledger) => {
    assertEquals(ledger.addressOf("00aa"), undefined);
    ledger.rememberAddress("00aa", "allo1old");
    ledger.rememberAddress("00aa", WORKER);
    assertEquals(ledger.addressOf("00aa"), WORKER);
  });
});
