import { join } from "node:path";
import { statePaths } from "../../host/paths.ts";
import { brokenRules, quickCheck } from "../../ledger/check.ts";
import { fileError, rootFor, shellQuote } from "../../settings/file_error.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { unknown } from "../found.ts";

const MORE = "allora-pipeline ledger check";
/** Of a larger ledger the rules take seconds, which only `ledger check` has. */
const QUICK_BYTES = 100_000_000;

/** Whether the ledger is there, whole, and keeps the program's rules. */
export async function ledger(context: HealthContext): Promise<CheckResult> {
  const { settings: { stateDir } } = context;
  // A look at a large file holds up the process, and would be measured as the nodes' latency.
  await context.probes();
  const path = statePaths(stateDir).ledger;
  const what = { id: "ledger" };
  try {
    const damage = quickCheck(path);
    if (damage !== undefined) {
      const message = `${path} is damaged: ${damage}`;
      return { ...what, status: "CRITICAL", message, fix: repairOf(stateDir) };
    }
    const [broken] = Deno.statSync(path).size > QUICK_BYTES ? [] : brokenRules(path);
    if (broken === undefined) return { ...what, status: "OK", message: `${path} is whole` };
    const message = `${path} breaks the rule "${broken.name}": ${broken.found}`;
    return { ...what, status: "WARNING", message, fix: MORE };
  } catch (thrown) {
    return unknown(thrown, what, MORE);
  }
}

/** The newest backup in its place; without one the damaged file is kept, and the chain tells the rest. */
function repairOf(stateDir: string): string {
  const backup = newestBackup(join(stateDir, "backups"));
  if (backup !== undefined) return `allora-pipeline ledger restore ${shellQuote(backup)}`;
  const dir = shellQuote(stateDir);
  const move = `mkdir ${dir}/damaged && mv ${dir}/ledger.db* ${dir}/damaged`;
  return rootFor(stateDir) === "" ? move : `sudo sh -c ${shellQuote(move)}`;
}

/** Of those that `ledger backup` has named by the time. */
function newestBackup(dir: string): string | undefined {
  try {
    const names = [...Deno.readDirSync(dir)].map(({ name }) => name);
    const last = names.filter((name) => /^ledger-[\d-]+\.db$/.test(name)).sort().at(-1);
    return last === undefined ? undefined : join(dir, last);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw fileError("read", dir, thrown);
  }
}
