import { connectTo } from "../../cycle/connect.ts";
import { fundWallet } from "../../cycle/fund_wallet.ts";
import { readPromoted } from "../../cycle/artifact_store.ts";
import { ownModelOf } from "../../cycle/own_model.ts";
import { failureOf } from "../../cycle/run.ts";
import { trainTopic } from "../../cycle/train_topic.ts";
import { PipelineError } from "../../errors.ts";
import { deadline } from "../../host/deadline.ts";
import { locate, type Settings, type TopicSettings } from "../../settings.ts";
import { examined } from "../doctor/examined.ts";
import type { Block } from "../doctor/examine.ts";
import { goLive } from "../doctor/go_live.ts";
import { type OpenRun, openRun } from "../open_run.ts";
import { waiting } from "../progress.ts";
import type { Terminal } from "../terminal_io.ts";
import { shortAllo } from "../short_allo.ts";

/** The looks and the rehearsal have so long, milliseconds. */
const REHEARSAL_MS = 180_000;

/** What came of a step, in words; with what went wrong, when something did. */
export interface Step {
  readonly what: string;
  readonly said: string;
  readonly error?: PipelineError;
}

/** Coins, models and a rehearsal: everything between the files and the first submission. */
export interface Finish {
  readonly steps: readonly Step[];
  readonly blocks: readonly Block[];
}

/**
 * Asks the faucet where the wallet is empty and the chain has one, trains the topics that have no model,
 * and answers doctor's seven questions. One step that fails does not stop the next; `tell` hears of each
 * as it is done.
 */
export async function finish(
  settings: Settings,
  address: string,
  terminal: Terminal,
  stop: AbortSignal,
  tell: (step: Step, on: Terminal) => void,
): Promise<Finish> {
  const steps: Step[] = [];
  using progress = waiting(terminal, "looking at the wallet");
  // What a step says of itself is in the log, and here in one line.
  const quiet = { ...progress.terminal, err: () => {} };
  {
    using run = openRun(settings, quiet, { stop, isEndless: true });
    const step = async (what: string, work: () => Promise<string>) => {
      const done = await work().then(
        (said): Step => ({ what, said }),
        (thrown): Step => {
          if (stop.aborted) throw failureOf(run, thrown);
          const error = failureOf(run, thrown);
          return { what, said: error.message, error };
        },
      );
      steps.push(done);
      tell(done, progress.terminal);
    };
    await step("wallet", () => fund(run, address, progress.on));
    for (const topic of settings.topics) {
      await step(`topic ${topic.topicId}`, () => train(run, topic, progress.on));
    }
  }
  progress.on("rehearsing");
  using time = deadline(REHEARSAL_MS, stop);
  using looked = await examined({
    ...{ settings, terminal: quiet, signal: time.signal, isOffline: false, root: "/" },
    place: locate(terminal.env, terminal.cwd, "/"),
  });
  return { steps, blocks: await goLive(looked, quiet) };
}

async function fund(run: OpenRun, address: string, on: (what: string) => void): Promise<string> {
  const chain = await connectTo(run);
  const held = await chain.balanceUallo(address);
  if (held > 0n || run.settings.feeGranter !== undefined) return `holds ${shortAllo(held)} ALLO`;
  const { chainId, faucetUrl } = run.settings;
  if (!/testnet|devnet/.test(chainId)) {
    throw new PipelineError("unavailable", `${address} holds nothing, and nobody gives ALLO away`, {
      hint: `send ALLO to ${address}, then: allora-pipeline doctor --go-live`,
    });
  }
  on(`waiting for coins of ${faucetUrl}`);
  const { balanceUallo } = await fundWallet(run, address);
  return `holds ${shortAllo(balanceUallo)} ALLO of the faucet`;
}

async function train(
  run: OpenRun,
  topic: TopicSettings,
  on: (what: string) => void,
): Promise<string> {
  const { topicId, pair } = topic;
  if (ownModelOf(topic) !== undefined) return "predicts by a model of your own";
  const kept = await readPromoted(run.settings.stateDir, topic);
  if (kept !== undefined) return `has model ${kept.artifact.id}`;
  const { timeMs } = await (await connectTo(run)).head();
  on(`fetching the history of ${pair} for topic ${topicId}`);
  const { artifact } = await trainTopic(run, topic, timeMs, {
    why: "somebody ran init",
    onProgress: (done, total) =>
      on(`training topic ${topicId}, ${Math.round((100 * done) / total)} %`),
  });
  const { record, spec } = artifact;
  const bar = topic.target === "volatility" ? "the expanding mean's" : "the zero forecast's";
  return `model ${artifact.id} (${spec.learner}), MSE ${record.mseRatio.toFixed(4)} of ${bar} ` +
    `on ${record.forecasts} unseen forecasts`;
}
