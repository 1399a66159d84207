import type { Devnet } from "../devnet/start.ts";
import { writeAtomically } from "../host/atomic_file.ts";

/** The files that a person would write: settings, one topic, and a new wallet's mnemonic. */
export async function layOutDemo(dir: string, devnet: Devnet, topicId: bigint): Promise<void> {
  const { newMnemonic } = await import("../chain/keys.ts");
  writeAtomically(
    `${dir}/.env`,
    `ALLORA_RPC=${devnet.rpcUrl}
ALLORA_CHAIN_ID=${devnet.chain.chainId}
ALLORA_VENUES=binance
ALLORA_BINANCE_URL=${devnet.marketUrl}
ALLORA_FAUCET_URL=${devnet.rpcUrl}
`,
  );
  writeAtomically(
    `${dir}/topics/${topicId}.env`,
    `ALLORA_TARGET=log-return
ALLORA_PAIR=BTC/USD
ALLORA_HORIZON=1h
`,
  );
  writeAtomically(`${dir}/data/mnemonic`, `${newMnemonic()}\n`, { mode: 0o600 });
}
