import { join } from "node:path";
import { PipelineError } from "../../errors.ts";
import { logNamed } from "../../logs/listing.ts";
import { readLog } from "../../logs/read_log.ts";
import type { Handler } from "../command.ts";
import { settingsOf } from "../open_run.ts";

/** Prints a log as it was written. */
export const show: Handler = async (invocation, terminal) => {
  const [word, stray] = invocation.words;
  if (word === undefined || stray !== undefined) {
    throw new PipelineError("usage", "Cannot show a log: logs show takes one archive", {
      hint: "allora-pipeline logs show latest",
    });
  }
  const { logDir } = settingsOf(invocation, terminal);
  for await (const bytes of readLog(join(logDir, logNamed(logDir, word)))) {
    // Whoever read the pipe has seen enough.
    if (!terminal.outBytes(bytes)) break;
  }
  return 0;
};
