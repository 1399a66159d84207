import type { Command } from "../command.ts";

/** The verbs of `ledger`. */
export const LEDGER_COMMANDS: readonly Command[] = [
  {
    name: "ledger backup",
    summary: "copy the ledger into one file, whole and checked, while others write",
    about:
      "Without FILE into backups/ledger-YYYYMMDD-HHMMSS.db of the state directory (UTC), mode 0600. " +
      "A file that is there is kept unless --force is given.",
    flags: [{ name: "force", meaning: "replace the file that is there" }],
    hasSettings: true,
    words: "[FILE]",
    load: async () => (await import("./backup.ts")).backup,
  },
  {
    name: "ledger restore",
    summary: "put a backup in the ledger's place, and keep the one that was there",
    about:
      "Checks FILE, waits up to 30 s for every wallet's lock, and keeps the present ledger as " +
      "ledger.db.before-restore-YYYYMMDD-HHMMSS (UTC). Exit 65 for a damaged file, 78 for one that is no " +
      "ledger or of a newer version, 75 when a wallet stays in use; nothing has changed then.",
    flags: [],
    hasSettings: true,
    words: "FILE",
    load: async () => (await import("./restore.ts")).restore,
  },
  {
    name: "ledger check",
    summary: "hold the ledger to SQLite's checks and to the program's own rules",
    about: "Reads only. Exit 70 when a rule is broken or the file is damaged, with what to do.",
    flags: [],
    hasSettings: true,
    load: async () => (await import("./check.ts")).check,
  },
];
