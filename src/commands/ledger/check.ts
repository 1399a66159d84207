import { EXIT_CODES } from "../../errors.ts";
import { statePaths } from "../../host/paths.ts";
import { paint, table } from "../../host/terminal.ts";
import { checkLedger } from "../../ledger/check.ts";
import type { Handler } from "../command.ts";
import { settingsOf } from "../open_run.ts";

/** Holds the ledger to its rules. */
export const check: Handler = (invocation, terminal) => {
  const path = statePaths(settingsOf(invocation, terminal).stateDir).ledger;
  const checks = checkLedger(path);
  const isOk = checks.every(({ verdict }) => verdict === "ok");
  if (invocation.json) {
    terminal.out(`${JSON.stringify({ path, ok: isOk, checks })}\n`);
  } else {
    const rows = checks.map(({ name, verdict, found }) => [
      paint(verdict, verdict === "ok" ? "green" : "red", terminal.outColour),
      name,
      ...found === "" ? [] : [found],
    ]);
    const cures = checks.filter(({ verdict }) => verdict === "broken")
      .map(({ name, advice }) => `${name}: ${advice}\n`);
    terminal.out(`${path}\n${table(rows)}\n${cures.join("")}`);
  }
  return Promise.resolve(isOk ? 0 : EXIT_CODES.internal);
};
