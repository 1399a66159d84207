import { type TopicPace, topicPaces } from "../../cycle/topic_pace.ts";
import { failureOf } from "../../cycle/run.ts";
import { worstExitCode } from "../../errors.ts";
import { loadSettings, locate, type Settings } from "../../settings.ts";
import type { Handler, Invocation } from "../command.ts";
import { blocksJson, tally } from "../doctor/report.ts";
import { isThere } from "../../host/paths.ts";
import { openRun } from "../open_run.ts";
import { pacesText } from "../schedule.ts";
import type { Terminal } from "../terminal_io.ts";
import { addressOf } from "../wallet/address.ts";
import { type Existing, existingOf } from "./existing.ts";
import { finish } from "./finish.ts";
import { type Plan, planOf } from "./plan.ts";
import { questionsOf } from "./questions.ts";
import {
  answersText,
  existingText,
  filesOf,
  nextSteps,
  nextText,
  planText,
  stepText,
} from "./shown.ts";
import { showOnce } from "./wallet.ts";
import { checkWritable, writePlan } from "./write.ts";

/** Sets everything up, from nothing to what is ready to submit. */
export const init: Handler = async (invocation, terminal) => {
  const { switches, json } = invocation;
  const isDryRun = switches.has("dry-run");
  const out = (text: string) => json ? undefined : terminal.out(text);
  // First: settings that may not be written may not be read either.
  if (!isDryRun) checkWritable(locate(terminal.env, terminal.cwd, "/"));
  const existing = existingOf(invocation, terminal);
  const questions = questionsOf(invocation, terminal);
  out(existingText(existing, isThere(existing.pathOf("ALLORA_MNEMONIC_FILE"))));
  const { values } = invocation;
  const wizard = { questions, values, existing, conflicts: [], terminal, isDryRun, out };
  const plan = await planOf(wizard, invocation);
  const { wallet } = plan;
  if (!isDryRun) {
    if (wallet.state === "new" && wallet.mnemonic !== undefined && questions.isAsking) {
      await showOnce(wallet.mnemonic, existing.shown(wallet.path), questions, terminal);
    }
    writePlan(plan);
  }
  out(planText(plan, isDryRun, existing.shown));
  if (isDryRun || switches.has("files-only")) {
    if (json) terminal.out(`${JSON.stringify(planJson(plan, isDryRun))}\n`);
    return 0;
  }
  return await goOn(plan, existing, invocation, terminal, out);
};

/** From the files to a rehearsal, and what to type next. */
async function goOn(
  plan: Plan,
  { place }: Existing,
  { json }: Invocation,
  terminal: Terminal,
  out: (text: string) => void,
): Promise<number> {
  const { env, cwd, outColour: colour } = terminal;
  const settings = loadSettings({ flags: {}, env, cwd });
  const address = plan.wallet.address ?? await addressOf(settings);
  const stop = terminal.stopSignal();
  out("\n");
  const { steps, blocks } = await finish(settings, address, terminal, stop, (step, on) => {
    if (!json) on.out(stepText(step, colour));
  });
  const isGo = tally(blocks).fail === 0;
  out(`\n${answersText(blocks, colour)}`);
  const { paces, isProven } = await outlookOf(settings, terminal, stop);
  out(`\n${pacesText(paces)}\n`);
  const next = nextSteps(paces, place, isGo, plan.channels);
  out(nextText(next, plan.channels, isProven));
  if (json) {
    const done = steps.map(({ what, said, error }) => ({ what, said, ok: error === undefined }));
    terminal.out(`${
      JSON.stringify({
        ...planJson(plan, false),
        steps: done,
        go: isGo,
        blocks: blocksJson(blocks),
        next: next.map(([command]) => command),
      })
    }\n`);
  }
  const failed = worstExitCode(steps.flatMap(({ error }) => error?.exitCode ?? []));
  return failed === 0 && !isGo ? 1 : failed;
}

/** What the topics need, and whether a submission has been confirmed before. */
async function outlookOf(
  settings: Settings,
  terminal: Terminal,
  stop: AbortSignal,
): Promise<{ readonly paces: readonly TopicPace[]; readonly isProven: boolean }> {
  using run = openRun(settings, terminal, { stop });
  try {
    const paces = await topicPaces(run, settings.topics.map(({ topicId }) => topicId));
    return { paces, isProven: run.ledger.milestoneMs("first submission") !== undefined };
  } catch (thrown) {
    throw failureOf(run, thrown);
  }
}

function planJson(plan: Plan, isDryRun: boolean) {
  const { chainId, topics, wallet, channels } = plan;
  return {
    dry_run: isDryRun,
    chain_id: chainId,
    wallet: { address: wallet.address ?? null, state: wallet.state, file: wallet.path },
    topics: topics.map(({ topicId, metadata, settings }) => ({
      ...{ topic_id: String(topicId), metadata },
      settings: Object.fromEntries(settings),
    })),
    channels,
    files: filesOf(plan).map(({ path, mode }) => ({ path, mode: mode ?? null })),
  };
}
