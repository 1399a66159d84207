import type { Command } from "../command.ts";

/** The verbs of `wallet`. */
export const WALLET_COMMANDS: readonly Command[] = [];
