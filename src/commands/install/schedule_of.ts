import { TIMER_EPOCH_MS } from "../../cycle/timer_epoch.ts";
import { openReadOnly } from "../../host/database.ts";
import { statePaths } from "../../host/paths.ts";
import { LEDGER_FILE } from "../../ledger/file.ts";
import { windows } from "../../ledger/windows.ts";
import { PipelineError } from "../../errors.ts";
import { loadSettings, type SettingsInput } from "../../settings.ts";

/**
 * What submits to the topics that are on: the daemon when the epoch of one of them is too short for the
 * timer, by what the ledger has seen of the chain. Undefined when that cannot be told: then a person
 * gets both ways to read, for an installation must not fail over a hint.
 */
export function scheduleOf(input: SettingsInput): "timer" | "daemon" | undefined {
  try {
    const { topics, stateDir } = loadSettings(input);
    using database = openReadOnly(statePaths(stateDir).ledger, LEDGER_FILE);
    const { lastWindow } = windows(database, () => Date.now());
    const epochs = topics.map(({ topicId }) => {
      const seen = lastWindow(topicId);
      if (seen === undefined || seen.nonce === null || seen.paceMs === null) return undefined;
      return Number(seen.nextOpens - seen.nonce) * seen.paceMs;
    });
    if (epochs.some((epochMs) => epochMs !== undefined && epochMs < TIMER_EPOCH_MS)) {
      return "daemon";
    }
    return epochs.length === 0 || epochs.includes(undefined) ? undefined : "timer";
  } catch (thrown) {
    if (thrown instanceof PipelineError) return undefined;
    throw thrown;
  }
}
