import { PipelineError } from "../errors.ts";
import { fingerprint } from "../host/credentials.ts";
import type { Wallet } from "../chain/keys.ts";
import type { Run } from "./run.ts";

/** The wallet that a visit works for. Its keys are derived when something is to be signed. */
export interface Worker {
  readonly address: string;
  wallet(): Promise<Wallet>;
}

/**
 * The worker of this run's mnemonic. Its address comes from the ledger when the mnemonic was seen
 * before, so that a visit with nothing to sign loads no cryptography.
 *
 * Throws what reading the mnemonic throws.
 */
export async function workerOf(run: Run): Promise<Worker> {
  const print = await fingerprint(await run.mnemonic());
  let wallet: Promise<Wallet> | undefined;
  const derive = () => wallet ??= deriveWallet(run);
  const known = run.ledger.addressOf(print);
  if (known !== undefined) {
    const checked = async () => {
      const derived = await derive();
      if (derived.address === known) return derived;
      throw new PipelineError(
        "internal",
        `Cannot sign: the wallet is ${derived.address}, the ledger has ${known} for its mnemonic`,
        { hint: "the ledger was edited or is damaged: move it away" },
      );
    };
    return { address: known, wallet: checked };
  }
  const { address } = await derive();
  run.ledger.rememberAddress(print, address);
  return { address, wallet: derive };
}

async function deriveWallet(run: Run): Promise<Wallet> {
  const { walletFromMnemonic } = await import("../chain/keys.ts");
  return walletFromMnemonic(await run.mnemonic());
}
