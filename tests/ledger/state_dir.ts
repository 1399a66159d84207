import { openLedger } from "../../src/ledger/ledger.ts";
import { IN_BLOCK, KEY, planFor, signedFor } from "./fixture.ts";

/** A directory to run the program in, whose ledger is data/ledger.db; removed when `test` is over. */
export async function withStateDir(
  test: (directory: string, ledger: string) => Promise<void>,
): Promise<void> {
  const directory = Deno.makeTempDirSync();
  try {
    await test(directory, `${directory}/data/ledger.db`);
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
}

/** Makes the ledger one of `count` windows at least, confirmed and paid for. */
export function fill(path: string, count: number): void {
  using ledger = openLedger(path, { nowMs: () => 1_700_000_000_000 });
  for (let i = 1; i <= count; i++) {
    const key = { ...KEY, nonce: BigInt(i * 720) };
    if (!ledger.plan(planFor(key))) continue;
    ledger.recordSigned(signedFor(key));
    ledger.confirm(signedFor(key).hash, { ...IN_BLOCK, height: key.nonce + 5n });
  }
}

/** How many windows the ledger at `path` has. */
export function windowsIn(path: string): number {
  using ledger = openLedger(path, { nowMs: Date.now });
  return ledger.history(KEY.topicId, 1_000_000).length;
}
