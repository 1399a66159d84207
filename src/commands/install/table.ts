import type { Command, Flag } from "../command.ts";

const FLAGS: readonly Flag[] = [
  { name: "destdir", value: "DIR", meaning: 'stands for "/": for packages, and to look first' },
  { name: "prefix", value: "DIR", meaning: "the program goes into its bin/ (/usr/local)" },
  { name: "by-make", meaning: "say nothing of the commands that make install runs itself" },
];

/** The verbs that put the program on a machine, and take it off. */
export const INSTALL_COMMANDS: readonly Command[] = [
  {
    name: "install",
    summary: "put this binary and its systemd units in place, and say what to type next",
    about:
      "All that it needs is inside the binary. It writes files and starts no program: the commands that " +
      "make the user and let systemd see the units are printed. Settings in /etc are written when they " +
      "are missing and never replaced, and the program that was there before is kept beside it as " +
      "allora-pipeline.previous: its own install brings it back, unless the ledger is one of a newer " +
      "version: exit 78 then, nothing is changed, and what to type is said.",
    flags: FLAGS,
    hasSettings: false,
    load: async () => (await import("./install.ts")).install,
  },
  {
    name: "uninstall",
    summary: "remove what install put in place; settings, state and logs stay",
    about:
      "While units are enabled it only says the command that disables them, which comes first: make " +
      "uninstall does all of it.",
    flags: FLAGS,
    hasSettings: false,
    load: async () => (await import("./install.ts")).uninstall,
  },
];
