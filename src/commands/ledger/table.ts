import type { Command } from "../command.ts";

/** The verbs of `ledger`. */
export const LEDGER_COMMANDS: readonly Command[] = [];
