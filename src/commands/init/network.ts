import { PipelineError } from "../../errors.ts";
import type { Invocation } from "../command.ts";
import { type Existing, settingParser } from "./existing.ts";
import { type Questions, wordOf } from "./questions.ts";

/** What is known of the networks: the foundation's endpoint first, and one of somebody else to agree with it. */
const NETWORKS = {
  testnet: {
    chainId: "allora-testnet-1",
    rpc: "https://allora-rpc.testnet.allora.network,https://allora-testnet-rpc.polkachu.com",
  },
  mainnet: {
    chainId: "allora-mainnet-1",
    rpc: "https://allora-rpc.mainnet.allora.network,https://allora-rpc.polkachu.com",
  },
} as const;

/** Topics to practise on, open to everybody, by the chain's id. */
export const SANDBOX: Readonly<Record<string, string>> = { "allora-testnet-1": "69" };

/** ALLORA_RPC and ALLORA_CHAIN_ID as they are wanted; none when they are set and no flag says otherwise. */
export async function networkSettings(
  questions: Questions,
  { values }: Invocation,
  { setAt }: Existing,
  cwd: string,
): Promise<ReadonlyMap<string, string>> {
  const { network: given, rpc, "chain-id": chainId } = values;
  const isSet = [...setAt("ALLORA_RPC"), ...setAt("ALLORA_CHAIN_ID")].length > 0;
  if (given === undefined && (isSet || rpc !== undefined && chainId !== undefined)) {
    return new Map();
  }
  const network = await questions.answer({
    flag: "network",
    text: "Network: testnet, mainnet or custom",
    byDefault: "testnet",
    parse: wordOf("network", ["testnet", "mainnet", "custom"]),
  });
  if (network !== "custom") {
    if (chainId !== undefined) {
      throw new PipelineError("usage", `Cannot use --chain-id: ${network} has its own`, {
        hint: "leave it out, or give --network custom",
      });
    }
    const known = NETWORKS[network];
    return new Map([["ALLORA_RPC", rpc ?? known.rpc], ["ALLORA_CHAIN_ID", known.chainId]]);
  }
  const ask = (flag: string, text: string, name: string) =>
    questions.answer({ flag, text, parse: settingParser(name, cwd) });
  return new Map([
    ["ALLORA_RPC", await ask("rpc", "Endpoints (CometBFT RPC, comma separated)", "ALLORA_RPC")],
    ["ALLORA_CHAIN_ID", await ask("chain-id", "Chain id", "ALLORA_CHAIN_ID")],
  ]);
}
