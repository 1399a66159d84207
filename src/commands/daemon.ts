import { runDaemon } from "../cycle/run_daemon.ts";
import { workerOf } from "../cycle/worker.ts";
import type { Handler } from "./command.ts";
import { lockWallet, openRun, settingsOf, tellBroken, topicsOf } from "./open_run.ts";
import { tellFailures } from "./submit.ts";

/** Submits in the first blocks of every window until told to stop. */
export const daemon: Handler = async (invocation, terminal) => {
  const settings = settingsOf(invocation, terminal);
  const topics = topicsOf(invocation, settings);
  using run = openRun(settings, terminal, { stop: terminal.stopSignal(), isEndless: true });
  tellBroken(run, invocation);
  const worker = await workerOf(run);
  using _lock = lockWallet(settings, worker.address, terminal.host.nowMs);
  run.tell("daemon.started", { topics: topics.length, worker: worker.address });
  await runDaemon(run, topics, worker, (report) => tellFailures(run, report));
  run.tell("daemon.stopped");
  return 0;
};
