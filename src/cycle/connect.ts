import { type ChainClient, connect } from "../chain/client.ts";
import type { Run } from "./run.ts";

/** What the chain is asked with. */
export type Asking = Pick<Run, "settings" | "host" | "ledger" | "signal" | "tell">;

/**
 * The settings' chain through all of its endpoints, those that have served best first. Throws what
 * connecting throws.
 */
export function connectTo(run: Asking): Promise<ChainClient> {
  const { rpc: urls, chainId: expectChainId, rpcTimeoutMs: timeoutMs } = run.settings;
  const { host, ledger, signal, tell } = run;
  const known = ledger.endpoints();
  return connect({ urls, expectChainId, timeoutMs, host, signal, known, tell });
}

/** The head block's time, epoch milliseconds: "now" for everything that concerns the market. */
export async function chainNowMs(run: Run): Promise<number> {
  return (await (await connectTo(run)).head()).timeMs;
}
