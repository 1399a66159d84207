// Writes <id> 0, <id> 1, ... <id> <count - 1>, each a line, as the program writes its log.
import { LogFile } from "../../src/logs/log_file.ts";

const [path = "", id = "", count = "0"] = Deno.args;
/** A pause after so many lines: the rotations beside it need some seconds. */
const BURST = 250;
const PAUSE_MS = 40;

using log = new LogFile(path);
for (let i = 0; i < Number(count); i++) {
  log.append(`${id} ${i} ${"x".repeat(80)}`);
  if (i % BURST === 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
