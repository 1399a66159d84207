import { type Ledger, openLedger } from "../../src/ledger/ledger.ts";
import type { Plan, SubmissionKey } from "../../src/ledger/submission.ts";
import type { SignedTransaction } from "../../src/ledger/transaction.ts";
import { MAIN } from "../commands/run_main.ts";

export const WORKER = "allo1worker";
export const NONCE = 720n;
export const KEY: SubmissionKey = { topicId: 1n, nonce: NONCE, worker: WORKER };

/** A prediction for one window, as the cycle would hand it over. */
export function planFor(key: SubmissionKey = KEY, value = "0.0125"): Plan {
  return {
    fallback: null,
    ...key,
    value,
    labels: null,
    ...{ low: -0.02, high: 0.04, low80: -0.01, high80: 0.03, sigma: 0.015 },
    ...{ basePrice: 64_000.5, baseMs: 1_700_000_000_000, model: "ridge-1a2b" },
    windowOpens: key.nonce + 1n,
    windowCloses: key.nonce + 600n,
  };
}

export function signedFor(
  key: SubmissionKey = KEY,
  overrides: Partial<SignedTransaction> = {},
): SignedTransaction {
  const sequence = overrides.sequence ?? key.nonce / 720n;
  return {
    ...key,
    kind: "payload",
    bytes: Uint8Array.of(1, 2, Number(key.nonce % 251n)),
    hash: `HASH-${key.topicId}-${key.nonce}-${sequence}`,
    sequence,
    accountNumber: 7n,
    feeUallo: 75_000_000_000_000n,
    gasLimit: 205_000n,
    timeoutHeight: key.nonce + 600n,
    ...overrides,
  };
}

export const IN_BLOCK = { height: 725n, gasUsed: 161_024n, feePaidUallo: 70_000_000_000_001n };

/** Runs `test` on a ledger of its own whose clock is set by hand. */
export function withLedger(
  test: (ledger: Ledger, clock: { nowMs: number }, path: string) => void,
): void {
  const directory = Deno.makeTempDirSync();
  try {
    const clock = { nowMs: 1_700_000_000_000 };
    const path = `${directory}/state/ledger.db`;
    using ledger = openLedger(path, { nowMs: () => clock.nowMs });
    test(ledger, clock, path);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Runs another Deno on a script beside this file; the caller awaits or kills it. */
export function startScript(script: string, ...parameters: readonly string[]): Deno.ChildProcess {
  const path = new URL(script, import.meta.url).pathname;
  return new Deno.Command(MAIN[0], {
    args: [...MAIN.slice(1, -1), path, ...parameters],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}
