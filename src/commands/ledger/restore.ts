import { resolve } from "node:path";
import { PipelineError } from "../../errors.ts";
import { giveBack } from "../../host/give_back.ts";
import { statePaths } from "../../host/paths.ts";
import { restoreLedger } from "../../ledger/restore.ts";
import type { Handler } from "../command.ts";
import { settingsOf } from "../open_run.ts";
import { copyJson, copyText } from "./copy_report.ts";
import { lockWallets } from "./lock_wallets.ts";

/** Puts a backup in the ledger's place. */
export const restore: Handler = async (invocation, terminal) => {
  const [file, stray] = invocation.words;
  if (file === undefined || stray !== undefined) {
    throw new PipelineError("usage", "Cannot restore the ledger: one FILE is needed", {
      hint: "allora-pipeline ledger restore FILE",
    });
  }
  const { stateDir } = settingsOf(invocation, terminal);
  const from = resolve(terminal.cwd, file);
  const restored = await restoreLedger(from, statePaths(stateDir).ledger, {
    nowMs: terminal.host.nowMs,
    lock: (addresses) => lockWallets(stateDir, addresses, terminal),
  });
  giveBack([stateDir]);
  const { kept } = restored;
  terminal.out(
    invocation.json
      ? `${JSON.stringify({ from, ...copyJson(restored), kept })}\n`
      : `${restored.path} restored from ${from}: ${copyText(restored)}\n` +
        (kept === null ? "" : `the ledger that was there is ${kept}\n`),
  );
  return 0;
};
