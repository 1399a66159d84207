import type { Run } from "../cycle/run.ts";
import { EXIT_CODES, messageOf, PipelineError, worstExitCode } from "../errors.ts";
import { readMnemonic } from "../host/credentials.ts";
import { giveBack } from "../host/give_back.ts";
import { type Held, type Lock, tryLock, waitForLock } from "../host/file_lock.ts";
import { statePaths } from "../host/paths.ts";
import { type Ledger, openLedger } from "../ledger/ledger.ts";
import { tryLedger } from "../ledger/read.ts";
import { openLog } from "../logs/log.ts";
import { type CandleStore, openCandleStore } from "../market/store.ts";
import { loadSettings, type Settings, type TopicSettings } from "../settings.ts";
import { codeVersion } from "../version.ts";
import type { Invocation } from "./command.ts";
import { topicIdOf } from "./flag_value.ts";
import type { Terminal } from "./terminal_io.ts";

/** Waiting for a block: a third of the usual five seconds, so that a block is never noticed late. */
const POLL_MS = 1500;

export interface RunOptions {
  readonly dryRun?: boolean;
  readonly pollMs?: number;
  /** Ends the run beside its own deadline. */
  readonly stop?: AbortSignal;
  /** No deadline but `stop`: for what lasts. */
  readonly isEndless?: boolean;
  /** Brings a ledger of an earlier version up to date; any other run has a copy, and forgets what it writes. */
  readonly migrates?: boolean;
  /** The log is opened by the first event, and where it cannot be the work goes on: stderr has it. */
  readonly isLogLazy?: boolean;
}

export interface OpenRun extends Run, Disposable {}

/** What a visit works with: the log, and on demand the ledger, the candles and the wallet. */
export function openRun(settings: Settings, terminal: Terminal, options: RunOptions = {}): OpenRun {
  const { stop } = options;
  const { host } = terminal;
  const paths = statePaths(settings.stateDir);
  const openIt = () =>
    openLog({
      dir: settings.logDir,
      level: settings.logLevel,
      stderr: { write: (text) => terminal.err(text) },
      colour: terminal.errColour,
      journal: terminal.journal,
      nowMs: () => host.nowMs(),
    });
  let log = options.isLogLazy ? undefined : openIt();
  let ledger: Ledger | undefined;
  let candles: CandleStore | undefined;
  const signals = [
    ...stop ? [stop] : [],
    ...options.isEndless ? [] : [AbortSignal.timeout(settings.runTimeoutMs)],
  ];
  return {
    settings,
    host,
    get ledger() {
      const open = options.migrates ? openLedger : tryLedger;
      return ledger ??= open(paths.ledger, { nowMs: () => host.nowMs() });
    },
    version: codeVersion(),
    candles: () => candles ??= openCandleStore(paths.candles),
    tell(event, fields) {
      try {
        log ??= openIt();
      } catch (thrown) {
        terminal.err(`Cannot log ${event}: ${messageOf(thrown)}\n`);
      }
      log?.event(event, fields);
    },
    mnemonic: () => readMnemonic(settings.mnemonicFile, settings.credentialsDir),
    signal: AbortSignal.any(signals),
    ...!options.isEndless && { untilMs: host.nowMs() + settings.runTimeoutMs },
    pollMs: options.pollMs ?? POLL_MS,
    dryRun: options.dryRun ?? false,
    [Symbol.dispose]() {
      candles?.[Symbol.dispose]();
      ledger?.[Symbol.dispose]();
      log?.[Symbol.dispose]();
      giveBack([settings.stateDir, settings.logDir]);
    },
  };
}

/** The settings of this run, from the flags, the files and the environment. */
export function settingsOf({ values }: Invocation, { env, cwd }: Terminal): Settings {
  return loadSettings({ flags: values, env, cwd });
}

/**
 * The topics that the command is about: all that are on, or the one of --topic; those whose files
 * cannot be used are left out. Throws "config" when none is left.
 */
export function topicsOf(invocation: Invocation, settings: Settings): readonly TopicSettings[] {
  const { topic: wanted } = invocation.values;
  if (wanted !== undefined) topicIdOf(wanted);
  const topics = settings.topics.filter(({ topicId }) =>
    wanted === undefined || String(topicId) === wanted
  );
  if (topics.length > 0) return topics;
  const [broken] = brokenOf(invocation, settings);
  if (broken !== undefined) throw broken.error;
  const on = settings.topics.map(({ topicId }) => topicId).join(", ");
  throw new PipelineError(
    "config",
    wanted === undefined
      ? "Cannot work on any topic: none is on"
      : `Cannot work on topic ${wanted}: it is not on${on === "" ? "" : `; on are ${on}`}`,
    {
      hint:
        `make topics/${wanted ?? "67"}.env with ALLORA_TARGET, ALLORA_PAIR and ALLORA_HORIZON; ` +
        "see allora-pipeline help settings",
    },
  );
}

/** Says which topic files cannot be used, while the others are worked on; returns the worst exit code. */
export function tellBroken(run: Run, invocation: Invocation): number {
  const broken = brokenOf(invocation, run.settings);
  for (const { topicId: topic, error: { message: error, hint } } of broken) {
    run.tell("settings.topic_broken", { error, topic, hint });
  }
  return worstExitCode(broken.map(({ error }) => EXIT_CODES[error.kind]));
}

/** The broken topic files that the command is about. */
export function brokenOf({ values: { topic } }: Invocation, { broken }: Settings) {
  return broken.filter(({ topicId }) => topic === undefined || String(topicId) === topic);
}

/** The wallet's lock for this run; throws "retry" saying who holds it. */
export function lockWallet(settings: Settings, address: string, nowMs: () => number): Lock {
  const taken = tryLock(statePaths(settings.stateDir).walletLock(address), nowMs);
  if (!("heldBy" in taken)) return taken;
  throw heldWallet(address, taken);
}

/** What a person waits for the visit of a timer to end, milliseconds. */
const LOCK_PATIENCE_MS = 30_000;

/** As lockWallet(), for what a person typed: waits a while for whoever holds it. */
export async function waitForWallet(run: Run, address: string): Promise<Lock> {
  const path = statePaths(run.settings.stateDir).walletLock(address);
  const { host, signal } = run;
  const taken = await waitForLock(path, host, { patienceMs: LOCK_PATIENCE_MS, signal });
  if (!("heldBy" in taken)) return taken;
  throw heldWallet(address, taken);
}

function heldWallet(address: string, { heldBy }: Held): PipelineError {
  return new PipelineError("retry", `Cannot use wallet ${address}: it is held by ${heldBy}`, {
    hint: "one program signs for a wallet at a time; the next visit tries again",
  });
}
