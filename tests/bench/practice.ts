import { newMnemonic } from "../../src/chain/keys.ts";
import { type Cost, costOf } from "./process_cost.ts";

/** The compiled program in a directory of its own, at work on a devnet in a process of its own. */
export interface Practice extends AsyncDisposable {
  /** One visit; throws unless its topic ended in `state`. */
  visit(state: string): Promise<Cost>;
  /** Visits until one submitted; the cost of that one. */
  submitOnce(): Promise<Cost>;
  /** Visits until the ledger alone can say that nothing is due. */
  visitUntilQuiet(): Promise<void>;
}

const PATIENCE_MS = 60_000;

/** Starts a devnet at `speed` and lays out a funded worker with a trained model for its topic 1. */
export async function practise(binary: string, dir: string, speed: number): Promise<Practice> {
  await Deno.mkdir(`${dir}/topics`, { recursive: true });
  await Deno.mkdir(`${dir}/data`);
  const devnet = new Deno.Command(binary, {
    args: [
      "devnet",
      "--rpc",
      "127.0.0.1:0",
      "--market",
      "127.0.0.1:0",
      "--speed",
      String(speed),
      "--json",
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const { rpc, market, chain_id } = JSON.parse(await firstLine(devnet.stdout));
  await Deno.writeTextFile(
    `${dir}/.env`,
    `ALLORA_RPC=${rpc}\nALLORA_CHAIN_ID=${chain_id}\nALLORA_BINANCE_URL=${market}\nALLORA_LOG_LEVEL=error\n`,
  );
  await Deno.writeTextFile(
    `${dir}/topics/1.env`,
    "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n",
  );
  await Deno.writeTextFile(`${dir}/data/mnemonic`, newMnemonic(), { mode: 0o600 });
  // Settings of the person at the keyboard would win over the files.
  const run = (...args: string[]) => costOf(binary, args, { cwd: dir, clearEnv: true });
  await run("train");
  await fund(rpc, chain_id, dir);

  const visitOnce = async () => {
    const cost = await run("submit", "--json");
    return { cost, state: String(JSON.parse(cost.stdout).topics[0].outcome) };
  };
  return {
    async visit(wanted) {
      const { cost, state } = await visitOnce();
      if (state !== wanted) throw new Error(`the visit ended as ${state}, not ${wanted}`);
      return cost;
    },
    async submitOnce() {
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
        const { cost, state } = await visitOnce();
        if (state === "confirmed") return cost;
      }
      throw new Error("no window opened in a minute");
    },
    async visitUntilQuiet() {
      // The pace of the blocks is learned over two stretches of twenty.
      for (let visits = 0; visits < 4; visits++) {
        await visitOnce();
        await new Promise((resolve) => setTimeout(resolve, (22 * 5000) / speed));
      }
    },
    async [Symbol.asyncDispose]() {
      devnet.kill("SIGTERM");
      await devnet.status;
      await devnet.stdout.cancel();
    },
  };
}

async function fund(rpc: string, chain: string, dir: string): Promise<void> {
  const { walletFromMnemonic } = await import("../../src/chain/keys.ts");
  const { address } = await walletFromMnemonic(await Deno.readTextFile(`${dir}/data/mnemonic`));
  const body = new URLSearchParams({ chain, address });
  const response = await fetch(`${rpc}/api/request`, { method: "POST", body });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the faucet answers ${response.status}`);
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the devnet ended after saying "${text}"`);
    text += decoder.decode(value, { stream: true });
  }
  reader.releaseLock();
  return text.split("\n", 1)[0]!;
}
