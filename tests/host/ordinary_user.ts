// Run with a directory of root's that an ordinary user may look into but not change. Prints, as JSON,
// how each door refuses. A process of its own, because the user id belongs to all threads of one.
import process from "node:process";
import { PipelineError } from "../../src/errors.ts";
import { writeAtomically } from "../../src/host/atomic_file.ts";
import { readMnemonic } from "../../src/host/credentials.ts";
import { tryLock } from "../../src/host/file_lock.ts";
import { openLog } from "../../src/logs/log.ts";
import { loadSettings } from "../../src/settings.ts";

const [cwd = ""] = Deno.args;
const doors: Record<string, () => unknown> = {
  settings: () => loadSettings({ flags: {}, env: {}, cwd, root: cwd }),
  mnemonic: () => readMnemonic(`${cwd}/mnemonic`),
  lock: () => tryLock(`${cwd}/lock`),
  write: () => writeAtomically(`${cwd}/file`, "new"),
  log: () => {
    const stderr = { write: () => {} };
    openLog({ dir: cwd, level: "info", stderr, colour: false, nowMs: Date.now });
  },
};
if (process.geteuid?.() === 0) process.seteuid?.(65534);
const answers: Record<string, unknown> = {};
for (const [name, open] of Object.entries(doors)) {
  try {
    answers[name] = await open();
  } catch (thrown) {
    const { kind, message } = thrown instanceof PipelineError
      ? thrown
      : { kind: "not ours", message: String(thrown) };
    answers[name] = { kind, message: message.replaceAll(cwd, "") };
  }
}
console.log(JSON.stringify(answers));
