import { runDaemon } from "../cycle/run_daemon.ts";
import { settleCycle } from "../cycle/run_cycle.ts";
import { chainNowMs, connectTo } from "../cycle/connect.ts";
import { fundWallet } from "../cycle/fund_wallet.ts";
import { trainTopic } from "../cycle/train_topic.ts";
import { type Worker, workerOf } from "../cycle/worker.ts";
import { type Devnet, startDevnet } from "../devnet/start.ts";
import { messageOf, PipelineError } from "../errors.ts";
import { paint } from "../host/terminal.ts";
import { loadSettings, type TopicSettings } from "../settings.ts";
import type { Handler, Invocation } from "./command.ts";
import { closedWindows } from "./demo_windows.ts";
import { DemoTable } from "./demo_table.ts";
import { summaryJson, summaryOf, summaryText } from "./demo_summary.ts";
import { generationOf } from "./devnet.ts";
import { layOutDemo } from "./demo_files.ts";
import { countOf, positiveNumber } from "./flag_value.ts";
import { type OpenRun, openRun } from "./open_run.ts";
import { progressOn } from "./progress.ts";
import type { Terminal } from "./terminal_io.ts";

/** The devnet's topic of the demo: the 1-hour BTC/USD log-return. */
const TOPIC_ID = 1n;
const BLOCK_MS = 5000;

/** The whole job, start to proof, on the embedded chain and market. */
export const demo: Handler = async (invocation, terminal) => {
  const { epochs, speed, generation } = optionsOf(invocation);
  const stop = terminal.stopSignal();
  const isKept = invocation.values["keep"] !== undefined;
  const dir = keptDir(invocation) ?? await Deno.makeTempDir({ prefix: "allora-demo-" });
  const say = (text: string) => invocation.json ? undefined : terminal.out(text);
  try {
    await using devnet = await startDevnet({
      ...{ rpc: "127.0.0.1:0", market: "127.0.0.1:0", speed, generation, blockMs: BLOCK_MS },
    });
    await layOutDemo(dir, devnet, TOPIC_ID);
    const settings = loadSettings({ flags: {}, env: {}, cwd: dir, root: dir });
    // The table is the screen; what would be logged to it is in the demo's submission.log.
    const quiet = { ...terminal, err: () => {} };
    const pollMs = Math.max(10, (2 * BLOCK_MS) / speed);
    using run = openRun(settings, quiet, { stop, isEndless: true, pollMs });
    const topic = settings.topics[0]!;
    const worker = await prepare(run, topic, devnet, terminal, say);
    const closed = await submitEpochs(
      run,
      topic,
      devnet,
      worker,
      epochs,
      terminal,
      invocation.json,
    );
    const summary = summaryOf(run, topic, closed);
    if (invocation.json) terminal.out(`${JSON.stringify(summaryJson(summary))}\n`);
    else say(summaryText(summary, terminal.outColour));
    if (isKept) say(`kept in ${dir}: settings, ledger, candles, model and submission.log\n`);
    stop.throwIfAborted();
    return summary.missed > 0 ? 69 : 0;
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
    throw new PipelineError("retry", "The demo was stopped before its end", { cause: thrown });
  } finally {
    if (!isKept) await Deno.remove(dir, { recursive: true });
  }
};

/** The directory of --keep, absolute; it must be new, for a wallet or a ledger may lie in an old one. */
function keptDir({ values: { keep } }: Invocation): string | undefined {
  if (keep === undefined) return undefined;
  try {
    Deno.mkdirSync(keep, { recursive: true });
    if ([...Deno.readDirSync(keep)].length === 0) return Deno.realPathSync(keep);
  } catch (cause) {
    throw new PipelineError("config", `Cannot keep the demo in ${keep}: ${messageOf(cause)}`, {
      cause,
    });
  }
  throw new PipelineError("config", `Cannot keep the demo in ${keep}: it is not empty`, {
    hint: "name a new directory",
  });
}

function optionsOf({ values }: Invocation) {
  return {
    epochs: countOf("epochs", values["epochs"] ?? "12", 500),
    speed: positiveNumber("speed", values["speed"] ?? "600"),
    generation: generationOf(values["generation"] ?? "10"),
  };
}

/** Coins from the faucet, candles from the venue, a trained model. */
async function prepare(
  run: OpenRun,
  topic: TopicSettings,
  devnet: Devnet,
  terminal: Terminal,
  say: (text: string) => void,
): Promise<Worker> {
  const bold = (text: string) => paint(text, "bold", terminal.outColour);
  const worker = await workerOf(run);
  say(
    `${
      bold("chain")
    }   ${devnet.chain.chainId} at ${devnet.rpcUrl}, a block every 5 s of its time\n`,
  );
  say(`${bold("wallet")}  ${worker.address}, made for this demo, coins from the faucet\n`);
  await fundWallet(run, worker.address);
  const { artifact } = await trainTopic(
    run,
    topic,
    await chainNowMs(run),
    { why: "the demo", onProgress: progressOn(terminal, "fitting and judging the model") },
  );
  const { record, calibration } = artifact;
  const [from, to] = [artifact.trainedFromMs, artifact.trainedToMs].map((ms) =>
    new Date(ms).toISOString().slice(0, 10)
  );
  say(
    `${
      bold("model")
    }   ${topic.model}, fitted on real ${topic.pair} candles from ${from} to ${to}: ` +
      `on ${record.forecasts}\n        forecasts it could not know its squared error is ` +
      `${record.mseRatio.toFixed(4)} of the zero\n        forecast's (unshrunk ` +
      `${record.mseRatioUnshrunk.toFixed(4)}), shrunk to ${calibration.factor.toPrecision(2)}\n\n`,
  );
  return worker;
}

/** Runs the daemon until `epochs` windows have closed and their horizons have passed; returns the nonces. */
async function submitEpochs(
  run: OpenRun,
  topic: TopicSettings,
  devnet: Devnet,
  worker: Worker,
  epochs: number,
  terminal: Terminal,
  isSilent: boolean,
): Promise<readonly bigint[]> {
  const done = new AbortController();
  await windowClosed(run, topic, worker);
  const nonces: bigint[] = [];
  const table = new DemoTable(run, topic, nonces, terminal, isSilent);
  using _windows = closedWindows(devnet.chain, TOPIC_ID, (nonce) => {
    if (nonces.length < epochs) nonces.push(nonce);
    if (nonces.length === epochs) done.abort();
  });
  const bounded = { ...run, signal: AbortSignal.any([run.signal, done.signal]) };
  await runDaemon(bounded, [topic], worker, { onReport: () => table.draw() });
  const waitUntilMs = devnet.nowMs() + 3 * topic.horizonMs;
  while (!run.signal.aborted && !table.isComplete() && devnet.nowMs() < waitUntilMs) {
    await settleCycle(run, [topic], worker);
    table.draw();
    await run.host.sleep(run.pollMs);
  }
  table.end();
  return nonces;
}

/** The window that opened while the model was fitted belongs to nobody: the first epoch is the next one. */
async function windowClosed(
  run: OpenRun,
  { topicId }: TopicSettings,
  worker: Worker,
): Promise<void> {
  const chain = await connectTo(run);
  while ((await chain.window(topicId, worker.address)).isOpen) {
    await run.host.sleep(run.pollMs, run.signal);
  }
}
