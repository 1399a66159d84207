import { join } from "node:path";
import { PipelineError } from "../../errors.ts";
import { type Lock, waitForLock } from "../../host/file_lock.ts";
import { statePaths } from "../../host/paths.ts";
import type { Terminal } from "../terminal_io.ts";

const WAIT_MS = 30_000;
/** A shorter wait is not worth a word. */
const QUIET_MS = 1000;

/**
 * Takes the lock of every wallet of the state directory: those with a lock file and those given. Waits
 * up to 30 s for them all, then throws "retry" naming the holder, with none taken.
 */
export async function lockWallets(
  stateDir: string,
  addresses: readonly string[],
  { host, err }: Pick<Terminal, "host" | "err">,
): Promise<Disposable> {
  const paths = new Set([
    ...[...Deno.readDirSync(stateDir)].map(({ name }) => name)
      .filter((name) => name.endsWith(".lock")).map((name) => join(stateDir, name)),
    ...addresses.map((address) => statePaths(stateDir).walletLock(address)),
  ]);
  const untilMs = host.nowMs() + WAIT_MS;
  let isTold = false;
  using taken = new DisposableStack();
  // All who take several do so in one order: none waits for another in a circle.
  for (const path of [...paths].sort()) {
    let answer = await waitForLock(path, host, { patienceMs: isTold ? 0 : QUIET_MS });
    if ("heldBy" in answer) {
      if (!isTold) err(`waiting for ${path}, held by ${answer.heldBy}\n`);
      isTold = true;
      answer = await waitForLock(path, host, { patienceMs: untilMs - host.nowMs() });
      if ("heldBy" in answer) throw held(path, answer.heldBy);
    }
    taken.use<Lock>(answer);
  }
  return taken.move();
}

function held(path: string, heldBy: string): PipelineError {
  return new PipelineError("retry", `Cannot restore the ledger: ${path} is held by ${heldBy}`, {
    hint: "nothing was changed; stop the daemon, or let the visit end, and restore again",
  });
}
