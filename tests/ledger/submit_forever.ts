// Takes one window after another through all states until it is killed; the argument is the path.
import { openLedger } from "../../src/ledger/ledger.ts";
import { IN_BLOCK, planFor, signedFor, WORKER } from "./fixture.ts";

using ledger = openLedger(Deno.args[0] ?? "", { nowMs: Date.now });
for (let nonce = (ledger.history(1n, 1)[0]?.nonce ?? 0n) + 720n;; nonce += 720n) {
  const key = { topicId: 1n, nonce, worker: WORKER };
  const { hash } = signedFor(key);
  ledger.plan(planFor(key));
  ledger.recordSigned(signedFor(key));
  ledger.markSent(hash);
  ledger.confirm(hash, IN_BLOCK);
  ledger.closeWindow(key, "proven");
  ledger.settle(key, { included: true }, { isFinal: true });
}
