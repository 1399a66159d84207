import { join } from "node:path";
import { followLines, lastLines } from "../../logs/tail.ts";
import { personLine } from "../../logs/person_line.ts";
import { LOG_NAME } from "../../logs/rotated.ts";
import type { Handler } from "../command.ts";
import { countOf } from "../flag_value.ts";
import { settingsOf } from "../open_run.ts";

const DEFAULT_LINES = 10;
const MAX_LINES = 1_000_000;

/** Prints the end of the log, and what is added to it. */
export const tail: Handler = async (invocation, terminal) => {
  const { values: { lines }, switches, json } = invocation;
  const count = lines === undefined ? DEFAULT_LINES : countOf("lines", lines, MAX_LINES);
  const log = join(settingsOf(invocation, terminal).logDir, LOG_NAME);
  const text = (line: string) => `${json ? line : personLine(line, terminal.outColour)}\n`;
  if (!switches.has("follow")) {
    terminal.out(lastLines(log, count).map(text).join(""));
    return 0;
  }
  for await (const line of followLines(log, count, terminal.host, terminal.stopSignal())) {
    terminal.out(text(line));
  }
  return 0;
};
