import type { Practice } from "../cycle/practice.ts";

const HOUR_MS = 3_600_000;

/** Writes 160 epochs that have come true into the ledger; the errors of the last 60 are four times as large. */
export function letErrorsRise({ ledger, address, devnet }: Practice): void {
  for (let hour = 0; hour < 160; hour++) {
    const key = { topicId: 1n, nonce: BigInt(720 * (hour + 1)), worker: address };
    const sd = (hour < 100 ? 1 : 4) * (hour % 3 - 1 || 0.5);
    ledger.plan({
      ...{ ...key, value: "0.1", labels: null, model: "ridge 0", fallback: null, basePrice: 1 },
      ...{ low: 0, high: 0, low80: 0, high80: 0, sigma: 0.01 },
      ...{ baseMs: devnet.nowMs() + hour * HOUR_MS },
      ...{ windowOpens: key.nonce + 1n, windowCloses: key.nonce + 600n },
    });
    ledger.resolve(key, "confirmed", "of a test");
    ledger.settle(key, { realised: 0, loss: (0.01 * sd) ** 2, lossZero: 1 });
  }
}
