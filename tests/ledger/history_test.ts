import { assertEquals } from "@std/assert";
import { IN_BLOCK, KEY, NONCE, planFor, signedFor, withLedger, WORKER } from "./fixture.ts";

const at = (epochs: bigint, worker = WORKER, topicId = 1n) => ({
  ...{ topicId, worker, nonce: NONCE * epochs },
});

Deno.test("pastWindows() has every window of every worker once, oldest first", () => {
  withLedger((ledger) => {
    ledger.plan(planFor());
    ledger.recordSigned(signedFor());
    ledger.confirm(signedFor().hash, IN_BLOCK);
    ledger.closeWindow(KEY, "proven");
    ledger.closeWindow(at(2n), "missed", "the machine was off");
    ledger.plan(planFor(at(3n, "allo1other")));
    ledger.closeWindow(at(3n, WORKER, 2n), "unknown", "nobody knows");
    const found = ledger.pastWindows();
    assertEquals(
      found.map(({ topicId, nonce, worker, outcome, submission }) => [
        ...[topicId, nonce, worker, outcome, submission?.feePaidUallo],
      ]),
      [
        [1n, 720n, WORKER, "proven", IN_BLOCK.feePaidUallo],
        [1n, 1440n, WORKER, "missed", undefined],
        [1n, 2160n, "allo1other", null, 0n],
        [2n, 2160n, WORKER, "unknown", undefined],
      ],
    );
    assertEquals(found[0]?.submission?.hash, signedFor().hash);
    assertEquals(found[1]?.closedReason, "the machine was off");
    assertEquals(ledger.pastWindows({ topicId: 2n }).length, 1);
    assertEquals(ledger.pastWindows({ last: 2 }).map(({ nonce }) => nonce), [2160n, 2160n]);
  });
});

Deno.test("knownWindows() is one worker's, whatever is known of them", () => {
  withLedger((ledger) => {
    ledger.plan(planFor(at(2n)));
    ledger.closeWindow(at(2n), "proven");
    ledger.closeWindow(at(1n), "missed");
    ledger.closeWindow(at(3n, "allo1other"), "missed");
    assertEquals(ledger.knownWindows(1n, WORKER, 10), [720n, 1440n]);
    assertEquals(ledger.knownWindows(1n, WORKER, 1), [1440n]);
  });
});

Deno.test("registrationFees() counts registrations and nothing else", () => {
  withLedger((ledger, clock) => {
    assertEquals(ledger.registrationFees(0), 0n);
    const register = signedFor({ ...KEY, nonce: 0n }, { kind: "register" });
    ledger.recordSigned(register);
    assertEquals(ledger.registrationFees(0), 0n);
    ledger.confirm(register.hash, IN_BLOCK);
    ledger.plan(planFor());
    ledger.recordSigned(signedFor());
    ledger.confirm(signedFor().hash, IN_BLOCK);
    assertEquals(ledger.registrationFees(0, 1n), IN_BLOCK.feePaidUallo);
    assertEquals(ledger.registrationFees(0, 2n), 0n);
    assertEquals(ledger.registrationFees(clock.nowMs + 1), 0n);
  });
});

Deno.test("closeWindow() takes the time at which a window is known to have ended", () => {
  withLedger((ledger) => {
    ledger.closeWindow(KEY, "missed", null, 1_600_000_000_000);
    assertEquals(ledger.pastWindows()[0]?.closedMs, 1_600_000_000_000);
  });
});
