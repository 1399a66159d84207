// Writes <id> 0, <id> 1, ... <id> <count - 1>, each a line, as the program writes its log: fast, then,
// so that rotations beside it never lack a writer, slowly until the file <go> is there.
import { LogFile } from "../../src/logs/log_file.ts";

const [path = "", id = "", count = "0", go = ""] = Deno.args;
const BURST = 250;
const PAUSE_MS = 2;

const isThere = (file: string) => Deno.stat(file).then(() => true, () => false);

using log = new LogFile(path);
let mayEnd = false;
for (let i = 0; i < Number(count); i++) {
  log.append(`${id} ${i} ${"x".repeat(80)}`);
  const isSlow = !mayEnd && i > Number(count) / 2;
  if (isSlow || i % BURST === 0) {
    mayEnd = await isThere(go);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
