import { PipelineError } from "../../errors.ts";
import { pruneLogs } from "../../logs/rotate.ts";
import type { Handler } from "../command.ts";
import { countOf } from "../flag_value.ts";
import { settingsOf } from "../open_run.ts";
import { optionsOf } from "./rotate.ts";
import { prunedText } from "./shown.ts";

const DAY_MS = 86_400_000;
const MAX_DAYS = 36_500;

/** Deletes old archives. */
export const prune: Handler = (invocation, terminal) => {
  const { values: { days }, json } = invocation;
  if (days === undefined) {
    throw new PipelineError("usage", "Cannot delete archives: --days is missing", {
      hint: "allora-pipeline logs prune --days 30",
    });
  }
  const keepMs = countOf("days", days, MAX_DAYS) * DAY_MS;
  const pruned = pruneLogs(optionsOf(settingsOf(invocation, terminal), terminal), keepMs);
  if (json) terminal.out(`${JSON.stringify({ pruned })}\n`);
  else terminal.out(`${pruned.length === 0 ? "nothing to delete" : prunedText(pruned)}\n`);
  return Promise.resolve(0);
};
