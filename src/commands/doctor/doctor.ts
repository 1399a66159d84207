import { PipelineError } from "../../errors.ts";
import { deadline } from "../../host/deadline.ts";
import { paint } from "../../host/terminal.ts";
import { locate, type Settings } from "../../settings.ts";
import type { Handler, Invocation } from "../command.ts";
import { settingsOf } from "../open_run.ts";
import { waiting } from "../progress.ts";
import type { Terminal } from "../terminal_io.ts";
import { effectiveJson, effectiveText } from "./effective_settings.ts";
import { type Block, examine } from "./examine.ts";
import { examined, failed } from "./examined.ts";
import { goLive } from "./go_live.ts";
import { blocksJson, blocksText, tally, tallyText } from "./report.ts";

/** All looks together have so long, milliseconds; a rehearsal predicts and signs for every topic. */
const [LOOK_MS, REHEARSAL_MS] = [30_000, 180_000];

/** Looks at everything that has to be right, and says how to put right what is not. */
export const doctor: Handler = async (invocation, terminal) => {
  const { switches, json } = invocation;
  const isOffline = switches.has("offline");
  const isGoLive = switches.has("go-live");
  if (isOffline && isGoLive) {
    throw new PipelineError("usage", "Cannot go live offline: give --offline or --go-live");
  }
  if (switches.has("settings")) {
    return printSettings(settingsOf(invocation, terminal), json, terminal);
  }
  const blocks = await blocksOf(invocation, terminal);
  const counts = tally(blocks);
  const isGo = counts.fail === 0;
  if (json) {
    const { ok, warn, fail } = counts;
    const answer = isGoLive ? { go: isGo } : {};
    terminal.out(`${JSON.stringify({ ...answer, ok, warn, fail, blocks: blocksJson(blocks) })}\n`);
    return isGo ? 0 : 1;
  }
  const colour = terminal.outColour;
  const verdict = isGo ? paint("GO", "green", colour) : paint("NO GO", "red", colour);
  terminal.out(
    `${blocksText(blocks, colour)}\n${tallyText(counts, colour)}\n${
      isGoLive ? `${verdict}\n` : ""
    }`,
  );
  return isGo ? 0 : 1;
};

function printSettings(settings: Settings, json: boolean, terminal: Terminal): number {
  terminal.out(
    json
      ? `${JSON.stringify(effectiveJson(settings))}\n`
      : effectiveText(settings, terminal.outColour),
  );
  return 0;
}

async function blocksOf(invocation: Invocation, terminal: Terminal): Promise<readonly Block[]> {
  const { switches } = invocation;
  let settings: Settings;
  try {
    settings = settingsOf(invocation, terminal);
  } catch (thrown) {
    if (!(thrown instanceof PipelineError) || thrown.kind === "usage") throw thrown;
    const result = failed({ id: "settings" }, thrown, "allora-pipeline help settings");
    return [{ subject: "settings", results: [result] }];
  }
  const isGoLive = switches.has("go-live");
  using progress = waiting(terminal, isGoLive ? "rehearsing" : "looking");
  using time = deadline(isGoLive ? REHEARSAL_MS : LOOK_MS, terminal.stopSignal());
  using looked = await examined({
    ...{ settings, terminal, signal: time.signal, isOffline: switches.has("offline") },
    ...{ place: locate(terminal.env, terminal.cwd, "/"), root: "/" },
  });
  return isGoLive ? await goLive(looked, progress.terminal) : await examine(looked);
}
