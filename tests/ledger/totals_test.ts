import { assertEquals } from "@std/assert";
import { IN_BLOCK, KEY, NONCE, planFor, signedFor, withLedger, WORKER } from "./fixture.ts";

const keyOf = (epoch: bigint) => ({ ...KEY, nonce: NONCE * epoch });
const REFUSED = { code: 13, codespace: "sdk", log: "insufficient fee" };

Deno.test("feeTotals() and rewardTotals() are exact beyond 64 bits and below a billionth ALLO", () => {
  withLedger((ledger) => {
    const amounts = [3n * 10n ** 19n + 1n, 999_999_999n, 1_000_000_000n, 7n];
    for (const [i, amount] of amounts.entries()) {
      const key = keyOf(BigInt(i + 1));
      const signed = signedFor(key);
      ledger.plan(planFor(key));
      ledger.recordSigned(signed);
      ledger.confirm(signed.hash, { ...IN_BLOCK, feePaidUallo: amount });
      ledger.settle(key, { rewardUallo: amount });
    }
    const uallo = amounts.reduce((sum, each) => sum + each, 0n);
    assertEquals(ledger.feeTotals(), [{ topicId: 1n, kind: "payload", uallo }]);
    assertEquals(ledger.rewardTotals(), [{ topicId: 1n, uallo }]);
  });
});

Deno.test("what may still turn out otherwise is in no total", () => {
  withLedger((ledger) => {
    const [refused, rejected, confirmed] = [keyOf(1n), keyOf(2n), keyOf(3n)];
    const window = { windowOpens: NONCE + 1n, windowCloses: NONCE + 600n };
    ledger.refuse({ ...refused, ...window, value: "1", model: "m", reason: "too large" });
    for (const key of [rejected, confirmed]) {
      ledger.plan(planFor(key));
      ledger.recordSigned(signedFor(key));
    }
    ledger.reject(signedFor(rejected).hash, REFUSED);
    ledger.confirm(signedFor(confirmed).hash, IN_BLOCK);
    const counts = () => ledger.submissionTotals().map(({ state, count }) => [state, count]);
    const results = () => ledger.transactionTotals().map(({ result, count }) => [result, count]);
    assertEquals(counts(), [["confirmed", 1n]]);
    assertEquals(results(), [["confirmed", 1n]]);

    for (const key of [refused, rejected]) ledger.closeWindow(key, "missed");
    ledger.closeWindow(confirmed, "proven");
    const seen = { seenMs: 1, headMs: 1, nonce: null, closes: null, nextOpens: 9999n };
    ledger.recordWindow({ topicId: 1n, seenHeight: NONCE * 3n, ...seen });
    assertEquals(counts(), [["confirmed", 1n], ["refused", 1n], ["rejected", 1n]]);
    assertEquals(results(), [["confirmed", 1n], ["refused", 1n]]);
    assertEquals(
      ledger.windowTotals().map(({ outcome, count }) => [outcome, count]),
      [["missed", 2n], ["proven", 1n]],
    );
  });
});

Deno.test("balances() and checks() give what was recorded last", () => {
  withLedger((ledger, clock) => {
    ledger.recordBalance(WORKER, 1n);
    ledger.recordBalance(WORKER, 10n ** 20n);
    assertEquals(ledger.balances(), [
      { worker: WORKER, balanceUallo: 10n ** 20n, seenMs: clock.nowMs },
    ]);
    ledger.recordChecks([{ id: "disk", subject: "/var", status: "OK" }]);
    ledger.recordChecks([{ id: "market", topicId: 1n, status: "UNKNOWN" }]);
    assertEquals(ledger.checks(), [
      { id: "market", topicId: 1n, subject: null, status: "UNKNOWN", checkedMs: clock.nowMs },
    ]);
  });
});
