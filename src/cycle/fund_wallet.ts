import { askFaucet } from "../chain/faucet.ts";
import { PipelineError } from "../errors.ts";
import { connectTo } from "./connect.ts";
import type { Run } from "./run.ts";

/** Coins that a faucet sent, and what the wallet holds now, in uallo. */
export interface Funding {
  readonly receivedUallo: bigint;
  readonly balanceUallo: bigint;
}

/** The faucet's transaction has this long to get into a block, looked for every few seconds. */
const ARRIVAL_MS = 60_000;
const LOOK_MS = 3000;

/** Throws "config" on a chain whose coins are worth something. */
export function checkFaucetChain(chainId: string): void {
  if (/testnet|devnet/.test(chainId)) return;
  throw new PipelineError(
    "config",
    `Cannot ask a faucet for coins of ${chainId}: only a testnet or devnet has one`,
    { hint: "send ALLO to the wallet, or set ALLORA_CHAIN_ID" },
  );
}

/**
 * Asks the settings' faucet for coins and waits until the wallet holds more. Touches neither lock nor
 * ledger, so it holds up no submission.
 *
 * Throws what checkFaucetChain(), connecting and askFaucet() throw, and "retry" when the faucet said yes
 * and nothing came.
 */
export async function fundWallet(run: Run, address: string): Promise<Funding> {
  const { settings, host, signal } = run;
  const { faucetUrl: url, chainId, rpcTimeoutMs: timeoutMs } = settings;
  const deadlineMs = host.nowMs() + settings.runTimeoutMs;
  checkFaucetChain(chainId);
  const chain = await connectTo(run);
  const before = await chain.balanceUallo(address);
  await askFaucet({
    ...{ url, chainId, address, timeoutMs, deadlineMs, host, signal },
    onWait: (waitMs) => run.tell("faucet.busy", { wait_seconds: Math.ceil(waitMs / 1000) }),
  });
  for (let waitedMs = 0;; waitedMs += LOOK_MS) {
    const balanceUallo = await chain.balanceUallo(address);
    const receivedUallo = balanceUallo - before;
    if (receivedUallo > 0n) {
      run.tell("wallet.funded", { received_uallo: receivedUallo, worker: address });
      return { receivedUallo, balanceUallo };
    }
    if (waitedMs >= ARRIVAL_MS) break;
    await host.sleep(LOOK_MS, signal);
  }
  throw new PipelineError(
    "retry",
    `Cannot see coins of ${url}: it said yes, and ${address} holds no more after ${
      ARRIVAL_MS / 1000
    } s`,
    { hint: "look later: allora-pipeline wallet balance" },
  );
}
