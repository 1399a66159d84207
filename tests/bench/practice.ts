import { newMnemonic, walletFromMnemonic } from "../../src/chain/keys.ts";
import { type Cost, costOf, type CostOptions } from "./process_cost.ts";

/** The compiled program in a directory of its own, at work on a devnet in a process of its own. */
export interface Practice extends AsyncDisposable {
  /** Runs a command to its end. */
  run(args: readonly string[], options?: CostOptions): Promise<Cost & { readonly stdout: string }>;
  /** One visit; throws unless all topics ended in `state`. */
  visit(state: string): Promise<Cost>;
  /** Visits until one submitted for all topics; the cost of that one. */
  submitOnce(): Promise<Cost>;
  /** Visits until the ledger alone can say that nothing is due. */
  visitUntilQuiet(): Promise<void>;
}

const PATIENCE_MS = 60_000;

/**
 * Starts a devnet at `speed`, with `topics` topics that open their windows together, and lays out a
 * funded worker, registered in all of them, with a trained model for each.
 */
export async function practise(
  binary: string,
  dir: string,
  { speed, topics = 1, logLevel = "error" }: {
    readonly speed: number;
    readonly topics?: number;
    readonly logLevel?: "error" | "info";
  },
): Promise<Practice> {
  for (const each of ["topics", "data/models"]) {
    await Deno.mkdir(`${dir}/${each}`, { recursive: true });
  }
  const mnemonic = newMnemonic();
  await Deno.writeTextFile(`${dir}/data/mnemonic`, mnemonic, { mode: 0o600 });
  const ids = Array.from({ length: topics }, (_, i) => i + 1);
  const { address } = await walletFromMnemonic(mnemonic);
  await Deno.writeTextFile(`${dir}/state.json`, JSON.stringify(stateOf(ids, address)));
  const devnet = new Deno.Command(binary, {
    args: [
      ...["devnet", "--rpc", "127.0.0.1:0", "--market", "127.0.0.1:0", "--speed", String(speed)],
      ...["--state", `${dir}/state.json`, "--json"],
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const { rpc, market, chain_id } = JSON.parse(await firstLine(devnet.stdout));
  await Deno.writeTextFile(
    `${dir}/.env`,
    `ALLORA_RPC=${rpc}\nALLORA_CHAIN_ID=${chain_id}\nALLORA_VENUES=binance\nALLORA_BINANCE_URL=${market}\nALLORA_LOG_LEVEL=${logLevel}\n`,
  );
  for (const id of ids) {
    await Deno.writeTextFile(
      `${dir}/topics/${id}.env`,
      "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n",
    );
  }
  // Settings of the person at the keyboard would win over the files.
  const run = (args: readonly string[], options: CostOptions = {}) =>
    costOf(binary, args, { cwd: dir, clearEnv: true, ...options });
  await run(["train", "--topic", "1"]);
  const models = [...Deno.readDirSync(`${dir}/data/models/1`)].map(({ name }) => name);
  for (const id of ids.slice(1)) {
    await Deno.mkdir(`${dir}/data/models/${id}`);
    for (const name of models) {
      await Deno.copyFile(`${dir}/data/models/1/${name}`, `${dir}/data/models/${id}/${name}`);
    }
  }

  const visitOnce = async () => {
    // At this pace a window may close between a look and the sending: 75 is another try.
    const cost = await run(["submit", "--json"], { good: [0, 75] });
    const outcomes: { outcome: string }[] = JSON.parse(cost.stdout).topics;
    return { cost, state: [...new Set(outcomes.map(({ outcome }) => outcome))].join() };
  };
  return {
    run,
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

function stateOf(ids: readonly number[], address: string) {
  const topic = {
    ...{ epoch_length: 720, submission_window: 600, ground_truth_lag: 720 },
    target: { kind: "log-return", pair: "BTC/USD", horizon_ms: 3_600_000 },
    workers: [address],
  };
  return {
    accounts: [{ address, number: 7, sequence: 0, balance_uallo: String(10n ** 18n) }],
    topics: ids.map((id) => ({ id, ...topic })),
  };
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
