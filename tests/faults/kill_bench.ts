import { newMnemonic, walletFromMnemonic } from "../../src/chain/keys.ts";
import type { TopicSpec } from "../../src/devnet/chain.ts";
import { paceBlocks } from "../../src/devnet/clock.ts";
import { type Devnet, startDevnet } from "../../src/devnet/start.ts";
import { type BlockTally, tallyBlocks } from "./block_tally.ts";
import { type Program, runToEnd } from "./kill_program.ts";

/** Wall time between two blocks. */
export const BLOCK_MS = 200;
const CHAIN_BLOCK_MS = 5000;
/** Between a window and the topic's next one. */
const PAUSE_BLOCKS = 6;
const FIRST_NONCE = 20;

/** A worker's directory with real files, and a devnet in this process at a pace of its own. */
export interface KillBench extends AsyncDisposable {
  readonly dir: string;
  readonly ledgerPath: string;
  readonly topicIds: readonly number[];
  readonly devnet: Devnet;
  readonly tally: BlockTally;
  nextBlock(): Promise<void>;
}

/** Lays out a funded worker with a trained model for each of `topics` topics of the 1 h log-return. */
export async function layOutBench(
  program: Program,
  topics: number,
  windowBlocks: number,
): Promise<KillBench> {
  await using parts = new AsyncDisposableStack();
  const dir = await Deno.makeTempDir({ prefix: "allora-kill-" });
  parts.defer(() => Deno.remove(dir, { recursive: true }));
  const topicIds = Array.from({ length: topics }, (_, place) => place + 1);
  const devnet = parts.use(
    await startDevnet({
      topics: topicIds.map((id) => topicSpec(id, topics, windowBlocks)),
      blockMs: CHAIN_BLOCK_MS,
      manual: true,
    }),
  );
  parts.use(paceBlocks(BLOCK_MS, () => devnet.step()));
  const mnemonic = newMnemonic();
  const { address } = await walletFromMnemonic(mnemonic);
  const tally = tallyBlocks(devnet.chain, address);
  devnet.fund(address, 10n ** 18n);
  await Deno.mkdir(`${dir}/topics`);
  await Deno.mkdir(`${dir}/data`);
  await Deno.writeTextFile(`${dir}/data/mnemonic`, mnemonic, { mode: 0o600 });
  await Deno.writeTextFile(
    `${dir}/.env`,
    `ALLORA_RPC=${devnet.rpcUrl}\nALLORA_CHAIN_ID=${devnet.chain.chainId}\n` +
      `ALLORA_VENUES=binance\nALLORA_BINANCE_URL=${devnet.marketUrl}\nALLORA_LOG_LEVEL=debug\n`,
  );
  for (const id of topicIds) {
    await Deno.writeTextFile(
      `${dir}/topics/${id}.env`,
      "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n",
    );
  }
  await runToEnd(program, ["train"], dir);
  const running = parts.move();
  return {
    ...{ dir, topicIds, devnet, tally, ledgerPath: `${dir}/data/ledger.db` },
    nextBlock: () =>
      new Promise((resolve) => {
        const stop = devnet.chain.onBlock(() => {
          stop();
          resolve();
        });
      }),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

function topicSpec(id: number, topics: number, windowBlocks: number): TopicSpec {
  return {
    id,
    metadata: "1h BTC/USD Log-Return Prediction",
    lossMethod: "czar",
    epochLength: windowBlocks + PAUSE_BLOCKS,
    submissionWindow: windowBlocks,
    groundTruthLag: 3_600_000 / CHAIN_BLOCK_MS,
    arity: "single",
    allowNegative: true,
    firstNonce: FIRST_NONCE + Math.round(openingOf(id, topics) * windowBlocks),
    target: { kind: "log-return", pair: "BTC/USD", horizonMs: 3_600_000 },
  };
}

/** Where in an epoch a topic's window opens: pairs nearly together, so that sequences interleave. */
function openingOf(id: number, topics: number): number {
  const pair = Math.floor((id - 1) / 2);
  return pair / Math.ceil(topics / 2) + (id % 2 === 0 ? 0.05 : 0);
}
