import { newMnemonic } from "../../src/chain/keys.ts";
import { readPromoted } from "../../src/cycle/artifact_store.ts";
import { setMark } from "../../src/cycle/marks.ts";
import { ownModelOf } from "../../src/cycle/own_model.ts";
import type { Run } from "../../src/cycle/run.ts";
import { type CycleReport, type Kept, runCycle } from "../../src/cycle/run_cycle.ts";
import { trainTopic } from "../../src/cycle/train_topic.ts";
import { type Devnet, type DevnetOptions, startDevnet } from "../../src/devnet/start.ts";
import type { EventName } from "../../src/events.ts";
import { type Host, realHost } from "../../src/host/host.ts";
import { statePaths } from "../../src/host/paths.ts";
import { type Ledger, openLedger } from "../../src/ledger/ledger.ts";
import { type CandleStore, openCandleStore } from "../../src/market/store.ts";
import { loadSettings, type Settings } from "../../src/settings.ts";

/** A worker with settings in real files, on a devnet whose blocks come when somebody waits for one. */
export interface Practice extends AsyncDisposable {
  readonly devnet: Devnet;
  readonly settings: Settings;
  readonly ledger: Ledger;
  readonly address: string;
  /** Every event told so far. */
  readonly told: {
    readonly event: EventName;
    readonly fields: Readonly<Record<string, unknown>>;
  }[];
  run(overrides?: Partial<Run>): Run;
  /**
   * One visit, with nothing kept from the one before; it asks the chain whatever the ledger expects of the
   * clock, for blocks come here at the pace of the test.
   */
  visit(overrides?: Partial<Run>): Promise<CycleReport>;
  /** Blocks until the topic's window is open (a new one) or, with "closed", until it is not. */
  stepUntil(state: "open" | "closed"): void;
  /** A visit in the first window, then blocks until the second one is open. */
  passFirstWindow(): Promise<void>;
  /** How many transactions of the worker are in blocks. */
  sequence(): Promise<bigint>;
}

export interface PracticeOptions extends DevnetOptions {
  /** Topic files by id, as lines. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: string;
  /** Whether the topics have a model from the start; they have unless told. */
  readonly isTrained?: boolean;
}

/** Spoils the model by which the topic is predicted, on a day on which training took too long already. */
export async function damageModel(
  { settings, devnet }: Practice,
  topicId = 1n,
): Promise<void> {
  setMark(settings.stateDir, topicId, "tried_at", devnet.nowMs());
  const promoted = await readPromoted(settings.stateDir, { topicId });
  await Deno.writeTextFile(promoted!.path, "damaged");
}

/** Registered everywhere, with a new window open for every topic. */
export async function openSecondWindow(worker: Practice): Promise<void> {
  worker.stepUntil("open");
  worker.devnet.step(20);
  await worker.visit();
  worker.stepUntil("closed");
  worker.stepUntil("open");
  worker.devnet.step(20);
  worker.told.length = 0;
}

export const HOURLY = "ALLORA_TARGET=log-return\nALLORA_PAIR=BTC/USD\nALLORA_HORIZON=1h\n";

export async function practise(options: PracticeOptions = {}): Promise<Practice> {
  const { files = { "1": HOURLY }, env = "", isTrained = true, ...devnetOptions } = options;
  const devnet = await startDevnet({
    ...{ rpc: "127.0.0.1:0", market: "127.0.0.1:0", manual: true },
    ...devnetOptions,
  });
  const ends = new Map<string, number>();
  devnet.chain.onBlock(({ events }) => {
    for (const { type, attributes } of events) {
      const value = (name: string) =>
        attributes.find(({ key }) => key === name)?.value.replaceAll('"', "") ?? "";
      if (!type.endsWith("EventWorkerSubmissionWindowOpened")) continue;
      ends.set(value("topic_id"), Number(value("window_end_block")));
    }
  });
  const dir = await Deno.makeTempDir({ prefix: "allora-practice-" });
  await Deno.mkdir(`${dir}/topics`);
  await Deno.mkdir(`${dir}/data`);
  await Deno.writeTextFile(
    `${dir}/.env`,
    `ALLORA_RPC=${devnet.rpcUrl}\nALLORA_CHAIN_ID=${devnet.chain.chainId}\n` +
      `ALLORA_BINANCE_URL=${devnet.marketUrl}\n` +
      (env.includes("ALLORA_VENUES") ? env : `ALLORA_VENUES=binance\n${env}`),
  );
  for (const [id, text] of Object.entries(files)) {
    await Deno.writeTextFile(`${dir}/topics/${id}.env`, text);
  }
  const mnemonic = newMnemonic();
  const { walletFromMnemonic } = await import("../../src/chain/keys.ts");
  const { address } = await walletFromMnemonic(mnemonic);
  devnet.fund(address, 10n ** 18n);
  devnet.step();

  // The ensemble takes seconds to fit, and nothing here depends on what is predicted.
  const settings = loadSettings({ flags: {}, env: { ALLORA_MODEL: "ridge" }, cwd: dir, root: dir });
  const paths = statePaths(settings.stateDir);
  const ledger = openLedger(paths.ledger, { nowMs: () => Date.now() });
  const told: Practice["told"] = [];
  let store: CandleStore | undefined;
  const host: Host = {
    ...realHost,
    sleep: (ms, signal) => {
      devnet.step();
      return realHost.sleep(Math.min(ms, 1), signal);
    },
  };
  const run = (overrides: Partial<Run> = {}): Run => ({
    ...{ settings, host, ledger, pollMs: 1, dryRun: false },
    signal: AbortSignal.timeout(30_000),
    version: "of a test",
    candles: () => store ??= openCandleStore(paths.candles),
    tell: (event, fields = {}) => void told.push({ event, fields }),
    mnemonic: () => Promise.resolve(mnemonic),
    ...overrides,
  });
  for (const topic of isTrained ? settings.topics : []) {
    if (ownModelOf(topic) !== undefined) continue;
    await trainTopic(run(), topic, devnet.nowMs(), { why: "practice" });
  }

  const first = String(settings.topics[0]!.topicId);
  const isOpen = () => devnet.chain.height < (ends.get(first) ?? 0);
  const stepUntil = (state: "open" | "closed") => {
    for (let blocks = 0; blocks < 2000; blocks++) {
      if (isOpen() === (state === "open")) return;
      devnet.step();
    }
    throw new Error(`the window was never ${state}`);
  };
  const visit = (overrides?: Partial<Run>, kept: Kept = { isCalled: true }) => {
    const made = run(overrides);
    return runCycle(made, made.settings.topics, kept);
  };
  return {
    ...{ devnet, settings, ledger, address, told, run, visit, stepUntil },
    async passFirstWindow() {
      stepUntil("open");
      await visit();
      stepUntil("closed");
      stepUntil("open");
    },
    async sequence() {
      const { connect } = await import("../../src/chain/client.ts");
      const chain = await connect({ urls: [devnet.rpcUrl], timeoutMs: 5000, host: realHost });
      return (await chain.account(address))?.sequence ?? 0n;
    },
    async [Symbol.asyncDispose]() {
      store?.[Symbol.dispose]();
      ledger[Symbol.dispose]();
      await devnet[Symbol.asyncDispose]();
      await Deno.remove(dir, { recursive: true });
    },
  };
}
