import { join } from "node:path";
import { messageOf, PipelineError } from "../../errors.ts";
import type { EventName } from "../../events.ts";
import { writeAtomically } from "../../host/atomic_file.ts";
import { checkLogDirectory, handOver } from "../../logs/log_directory.ts";
import { rotateLogs, type RotateOptions, type Rotation } from "../../logs/rotate.ts";
import { LOG_NAME } from "../../logs/rotated.ts";
import type { Settings } from "../../settings.ts";
import type { Handler } from "../command.ts";
import { durationOfFlag } from "../flag_value.ts";
import { openRun, settingsOf } from "../open_run.ts";
import type { Terminal } from "../terminal_io.ts";
import { rotationJson, rotationText } from "./shown.ts";

/** Rotates the log, once or at a pace. */
export const rotate: Handler = async (invocation, terminal) => {
  const { values: { every }, json } = invocation;
  const paceMs = every === undefined ? undefined : durationOfFlag("every", every, "1s", "7d");
  const settings = settingsOf(invocation, terminal);
  const options = optionsOf(settings, terminal);
  const say = (rotation: Rotation, otherwise = "") =>
    terminal.out(
      json ? `${JSON.stringify(rotationJson(rotation))}\n` : rotationText(rotation) || otherwise,
    );
  if (paceMs === undefined) say(await rotateOnce(options), "nothing to rotate\n");
  else await rotateEvery(paceMs, options, terminal, say);
  return 0;
};

/** Written when a rotation has ended well, which no ledger knows: whether its unit runs again is read here. */
const DONE_NAME = "rotate.done";

async function rotateOnce(options: RotateOptions): Promise<Rotation> {
  const { dir, host } = options;
  const rotation = await rotateLogs(options);
  if (checkLogDirectory(dir)) {
    writeAtomically(join(dir, DONE_NAME), `${new Date(host.nowMs()).toISOString()}\n`);
    handOver(dir, DONE_NAME);
  }
  return rotation;
}

/** What a rotation needs of this run; for whatever tells of it, the log is opened and closed again. */
export function optionsOf(settings: Settings, terminal: Terminal): RotateOptions {
  // A person reads what is printed; the same in the log's words beside it would be twice.
  const quiet = terminal.isInteractive ? { ...terminal, err: () => {} } : terminal;
  return {
    dir: settings.logDir,
    keepMs: settings.logKeepMs,
    host: terminal.host,
    tell: (event: EventName, fields) => {
      using run = openRun(settings, quiet);
      run.tell(event, fields);
      handOver(settings.logDir, LOG_NAME);
    },
  };
}

/** Until SIGTERM or SIGINT, which need not wait: a rotation that is cut short is taken up by the next. */
async function rotateEvery(
  paceMs: number,
  options: RotateOptions,
  { host, stopSignal }: Terminal,
  say: (rotation: Rotation) => void,
): Promise<void> {
  const signal = stopSignal();
  while (!signal.aborted) {
    try {
      say(await rotateOnce({ ...options, signal }));
    } catch (thrown) {
      if (signal.aborted) return;
      // A full disk or a link in the log's place may be gone by the next rotation.
      if (!(thrown instanceof PipelineError)) throw thrown;
      options.tell("log.rotation_failed", { error: messageOf(thrown), hint: thrown.hint });
    }
    await host.sleep(paceMs, signal).catch(() => {/* the signal ends the loop */});
  }
}
