import { failureOf, type Run } from "../cycle/run.ts";
import { runDaemon } from "../cycle/run_daemon.ts";
import type { TopicOutcome } from "../cycle/topic_outcome.ts";
import { type Worker, workerOf } from "../cycle/worker.ts";
import { messageOf, PipelineError } from "../errors.ts";
import { readMnemonic } from "../host/credentials.ts";
import type { Host } from "../host/host.ts";
import { openServiceManager, type ServiceManager } from "../host/service_manager.ts";
import type { Settings, TopicSettings } from "../settings.ts";
import type { Handler, Invocation } from "./command.ts";
import { type DaemonRecord, daemonRecord } from "./daemon_record.ts";
import { lockWallet, type OpenRun, openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";
import { endOf, failureEnd, workerFor } from "./run_end.ts";
import { isBusy, tellFailures } from "./submit.ts";
import type { Terminal } from "./terminal_io.ts";

/**
 * Submits in the first blocks of every window until told to stop; reads its settings again at SIGHUP.
 */
export const daemon: Handler = async (invocation, terminal) => {
  const stop = terminal.stopSignal();
  const hangups = new Hangups();
  terminal.onHangup(() => hangups.ring());
  let work = workOf(invocation, terminal);
  using held = new DisposableStack();
  for (let worker: Worker | undefined; !stop.aborted || worker === undefined;) {
    using run = openRun(work.settings, terminal, { stop, isEndless: true, migrates: true });
    const record = daemonRecord(run);
    tellBroken(run, invocation);
    const facts = { topics: work.topics.length };
    const isUnattended = worker !== undefined;
    if (worker === undefined) {
      worker = await workerFor("daemon", run, work.topics);
      held.use(lockWallet(work.settings, worker.address, terminal.host.nowMs));
      record.started();
      run.tell("daemon.started", { ...facts, worker: worker.address });
    } else {
      run.tell("daemon.reloaded", facts);
    }
    try {
      work = await workUntilReload({
        ...{ run, record, worker, invocation, terminal, hangups, work, isUnattended },
      });
    } catch (thrown) {
      // In the log, where it is looked for, and so on stderr: once.
      const failure = failureOf(run, thrown);
      run.tell("run.failed", { error: failure.message, hint: failure.hint });
      record.finished(failureEnd(failure, []));
      return failure.exitCode;
    }
    if (!stop.aborted) continue;
    run.tell("daemon.stopped");
    record.finished({ exitCode: 0, topics: new Map() });
  }
  return 0;
};

/** What the files say: read at the start, and again at each SIGHUP. */
interface Work {
  readonly settings: Settings;
  readonly topics: readonly TopicSettings[];
}

function workOf(invocation: Invocation, terminal: Terminal): Work {
  const settings = settingsOf(invocation, terminal);
  return { settings, topics: topicsOf(invocation, settings) };
}

interface Shift {
  readonly run: OpenRun;
  readonly record: DaemonRecord;
  readonly worker: Worker;
  readonly invocation: Invocation;
  readonly terminal: Terminal;
  readonly hangups: Hangups;
  readonly work: Work;
  /** After a reload: a person who made a mistake has gone. */
  readonly isUnattended: boolean;
}

/** Runs the daemon until it is stopped, or until there are other settings, which it returns. */
async function workUntilReload(shift: Shift): Promise<Work> {
  const { run, record, worker, terminal, hangups, work } = shift;
  const leave = new AbortController();
  // What is beside the work must not hold up the next shift: what was not told is in the ledger.
  const over = AbortSignal.any([run.signal, leave.signal]);
  await using manager = openServiceManager(
    terminal.env,
    (error) => run.tell("daemon.unnoticed", { error }),
  );
  const service = beating(manager, record, run.host);
  const onStop = () => {
    run.tell("daemon.stopping");
    service.stopping();
  };
  await using metrics = await metricsOf({ ...run, signal: over }, worker);
  let next = work;
  const reload = async () => {
    service.reloading();
    try {
      next = await reloaded(shift);
      leave.abort(new Error("the settings are read again"));
    } catch (thrown) {
      const hint = thrown instanceof PipelineError ? thrown.hint : undefined;
      run.tell("daemon.reload_failed", { error: messageOf(thrown), hint });
      service.ready();
    }
  };
  run.signal.addEventListener("abort", onStop);
  // Beside the work, which waits for no channel; what comes meanwhile is told together.
  let telling = Promise.resolve();
  const untold: TopicOutcome[] = [];
  let isAsked = false;
  const tellPeople = (more: readonly TopicOutcome[]) => {
    untold.push(...more);
    if (isAsked) return;
    isAsked = true;
    telling = telling.then(async () => {
      const { afterVisit } = await import("./alert/after_visit.ts");
      const { topics } = work;
      isAsked = false;
      const outcomes = untold.splice(0);
      await afterVisit(run, terminal, {
        topics,
        worker: worker.address,
        outcomes,
        stop: over,
      });
    });
  };
  const reloads = hangups.answerWith(reload);
  try {
    await runDaemon(run, work.topics, worker, {
      onReport: (report) => {
        tellFailures(run, report);
        record.beat(endOf(report));
        tellPeople(report.outcomes);
        if (isBusy(report)) metrics?.visited("done");
      },
      onFailure: (failure, topics) => {
        record.beat(failureEnd(failure, topics.map(({ topicId }) => topicId)));
        tellPeople([]);
        metrics?.visited("failed");
      },
      ...{ service, leave: leave.signal, isUnattended: shift.isUnattended },
    });
  } finally {
    await reloads.end();
    await telling;
    run.signal.removeEventListener("abort", onStop);
  }
  return next;
}

/** Loaded where somebody wants metrics. */
async function metricsOf(run: Run, { address }: Worker) {
  const { metricsFile, metricsListen } = run.settings;
  if (metricsFile === undefined && metricsListen === undefined) return undefined;
  return (await import("./metrics/daemon_metrics.ts")).daemonMetrics(run, address);
}

/**
 * The settings and topics as they are in the files now. Throws what is wrong with them, also when a
 * topic that is worked on would be lost to a mistake, or when another wallet or ledger would be used.
 */
async function reloaded({ run, worker, invocation, terminal, work }: Shift): Promise<Work> {
  const next = workOf(invocation, terminal);
  const { settings } = next;
  const lost = settings.broken.find(({ topicId }) =>
    work.topics.some((topic) => topic.topicId === topicId)
  );
  if (lost !== undefined) throw lost.error;
  const hint = "change it back, or restart the daemon";
  const { stateDir } = run.settings;
  if (settings.stateDir !== stateDir) {
    throw new PipelineError(
      "config",
      `Cannot change ALLORA_STATE_DIR by a reload: it is ${settings.stateDir}, and was ${stateDir}`,
      { hint },
    );
  }
  const { mnemonicFile, credentialsDir } = settings;
  const mnemonic = () => readMnemonic(mnemonicFile, credentialsDir);
  const { address } = await workerOf({ ...run, settings, mnemonic });
  if (address !== worker.address) {
    throw new PipelineError(
      "config",
      `Cannot change the wallet by a reload: ${mnemonicFile} is of ${address}, and was of ${worker.address}`,
      { hint },
    );
  }
  return next;
}

/** Between two signs of life in the ledger, milliseconds. */
const BEAT_MS = 30_000;

/** The service manager, and the ledger beside it, hear that the work goes on: health asks the ledger. */
function beating(service: ServiceManager, record: DaemonRecord, host: Host): ServiceManager {
  let saidMs = -Infinity;
  return {
    ...service,
    alive() {
      service.alive();
      if (host.nowMs() - saidMs < BEAT_MS) return;
      record.beat();
      saidMs = host.nowMs();
    },
  };
}

/** SIGHUPs, answered one after the other; one that comes while nobody answers is not lost. */
class Hangups {
  #isRung = false;
  #answer: (() => void) | undefined;

  ring(): void {
    this.#isRung = true;
    this.#answer?.();
  }

  answerWith(reload: () => Promise<void>): { end(): Promise<void> } {
    let last = Promise.resolve();
    this.#answer = () => {
      this.#isRung = false;
      last = last.then(reload);
    };
    if (this.#isRung) this.#answer();
    return {
      end: () => {
        this.#answer = undefined;
        return last;
      },
    };
  }
}
