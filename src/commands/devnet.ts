import { PipelineError } from "../errors.ts";
import { type DevnetOptions, startDevnet } from "../devnet/start.ts";
import { FAULTS } from "../devnet/faults.ts";
import { parseState } from "../devnet/state_file.ts";
import { table } from "../host/terminal.ts";
import type { Handler, Invocation } from "./command.ts";
import { positiveNumber } from "./flag_value.ts";
import { readJson } from "./read_json.ts";

/** Runs the embedded chain and market until told to stop. */
export const devnet: Handler = async (invocation, terminal) => {
  const stop = terminal.stopSignal();
  await using running = await startDevnet(await optionsOf(invocation));
  const { rpcUrl, marketUrl, chain } = running;
  const facts = { rpc: rpcUrl, market: marketUrl, chain_id: chain.chainId };
  terminal.out(
    invocation.json ? `${JSON.stringify(facts)}\n` : `ALLORA_RPC=${rpcUrl}
ALLORA_CHAIN_ID=${chain.chainId}
ALLORA_VENUES=binance
ALLORA_BINANCE_URL=${marketUrl}
ALLORA_FAUCET_URL=${rpcUrl}
`,
  );
  await new Promise((resolve) => stop.addEventListener("abort", resolve));
  return 0;
};

async function optionsOf({ values }: Invocation): Promise<DevnetOptions> {
  const { rpc = "127.0.0.1:26657", market = "127.0.0.1:8090", fault: faults, state } = values;
  return {
    rpc,
    market,
    speed: positiveNumber("speed", values["speed"] ?? "600"),
    generation: generationOf(values["generation"] ?? "10"),
    ...faults === undefined ? {} : { faults },
    ...state === undefined ? {} : { state: parseState(await readJson(state, "config")) },
  };
}

/** The faults that --fault can order, for --help. */
export function faultsHelp(): string {
  const rows = FAULTS.map(({ name, argument, meaning }) => [
    `  ${name}${argument === "none" ? "" : `:${argument.toUpperCase()}`}`,
    meaning,
  ]);
  return `\nFaults, as NAME, NAME:TIMES or NAME:AMOUNT@TIMES, parted by commas:\n\n${table(rows)}\n
NAME/CALL strikes only that method, or query path, and NAME/CALL#N none before the Nth:
html/broadcast_tx_sync:1, slow/status#2:1s, http-503//cosmos.bank.v1beta1.Query/Balance:3\n`;
}

/** The devnet's generations. Throws "usage" for another. */
export function generationOf(text: string): 9 | 10 {
  if (text === "9") return 9;
  if (text === "10") return 10;
  throw new PipelineError("usage", `Cannot read --generation: ${text} is neither 9 nor 10`);
}
