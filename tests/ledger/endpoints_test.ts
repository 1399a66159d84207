import { assertEquals } from "@std/assert";
import type { EndpointRecord } from "../../src/ledger/endpoints.ts";
import { openLedger } from "../../src/ledger/ledger.ts";
import { withLedger } from "./fixture.ts";

const GOOD: EndpointRecord = {
  url: "https://a.example/key",
  height: 1_200_000n,
  ...{ answers: 12, failures: 0, streak: 0, latencyMs: 41.5, lastError: null, lastErrorMs: null },
};
const NEVER: EndpointRecord = {
  url: "https://b.example",
  ...{ answers: 0, failures: 3, streak: 3, latencyMs: null },
  height: null,
  ...{ lastError: "HTTP 502", lastErrorMs: 1_700_000_000_123 },
};

Deno.test("endpoints() gives what recordEndpoints() was given, in the next run too", () => {
  withLedger((ledger, _clock, path) => {
    assertEquals(ledger.endpoints(), []);
    ledger.recordEndpoints([NEVER, GOOD]);
    using next = openLedger(path, { nowMs: () => 0 });
    assertEquals(next.endpoints(), [GOOD, NEVER]);
  });
});

Deno.test("recordEndpoints() replaces what it names and keeps the rest", () => {
  withLedger((ledger) => {
    ledger.recordEndpoints([GOOD, NEVER]);
    const answered = { ...NEVER, answers: 1, streak: 0, latencyMs: 8 };
    ledger.recordEndpoints([answered]);
    assertEquals(ledger.endpoints(), [GOOD, answered]);
  });
});
