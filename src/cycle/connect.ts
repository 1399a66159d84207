import { type ChainClient, connect } from "../chain/client.ts";
import type { Run } from "./run.ts";

/** A node of the settings' chain, the first that answers. Throws what connecting throws. */
export function connectTo(run: Run): Promise<ChainClient> {
  const { rpc: urls, chainId: expectChainId, rpcTimeoutMs: timeoutMs } = run.settings;
  const { host, signal } = run;
  return connect({ urls, expectChainId, timeoutMs, host, signal });
}

/** The head block's time, epoch milliseconds: "now" for everything that concerns the market. */
export async function chainNowMs(run: Run): Promise<number> {
  return (await (await connectTo(run)).head()).timeMs;
}
