import { join, resolve } from "node:path";
import { PipelineError } from "../../errors.ts";
import { giveBack } from "../../host/give_back.ts";
import { statePaths } from "../../host/paths.ts";
import { backupLedger } from "../../ledger/backup.ts";
import { freeName, stamp } from "../../ledger/copy.ts";
import type { Handler } from "../command.ts";
import { settingsOf } from "../open_run.ts";
import { copyJson, copyText } from "./copy_report.ts";

/** Copies the ledger. */
export const backup: Handler = async (invocation, terminal) => {
  const [file, stray] = invocation.words;
  if (stray !== undefined) {
    throw new PipelineError("usage", `Cannot read "${stray}": ledger backup takes one file`);
  }
  const { stateDir } = settingsOf(invocation, terminal);
  const target = file === undefined
    ? freeName(join(stateDir, "backups", `ledger-${stamp(terminal.host.nowMs())}`), ".db")
    : resolve(terminal.cwd, file);
  const force = invocation.switches.has("force");
  const copy = await backupLedger(statePaths(stateDir).ledger, target, { force });
  giveBack([stateDir]);
  terminal.out(
    invocation.json ? `${JSON.stringify(copyJson(copy))}\n` : `${copy.path}: ${copyText(copy)}\n`,
  );
  return 0;
};
