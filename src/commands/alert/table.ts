import type { Command } from "../command.ts";

/** The verbs of `alert`. */
export const ALERT_COMMANDS: readonly Command[] = [
  {
    name: "alert",
    summary: "tell people that a unit failed (for OnFailure=), or --test every channel",
    about:
      "Tells Slack, Discord, a webhook and e-mail, as far as they are on, which unit failed, why, and the " +
      "journalctl command that shows it: once, and again after ALLORA_ALERT_REPEAT while it keeps failing. " +
      "A channel that fails gets it with the next run. --test sends one marked message to every channel " +
      "and says which arrived.",
    flags: [
      {
        name: "unit",
        value: "NAME",
        meaning: "the unit that failed; systemd names it by MONITOR_UNIT",
      },
      { name: "test", meaning: "send a test message to every channel, and say which arrived" },
    ],
    hasSettings: true,
    words: "[UNIT]",
    load: async () => (await import("./alert.ts")).alert,
  },
  {
    name: "alert list",
    summary: "what is wrong now, what is silenced, and what each channel was told last",
    about: "From the ledger.",
    flags: [],
    hasSettings: true,
    load: async () => (await import("./list.ts")).list,
  },
  {
    name: "alert silence",
    summary: "hear nothing for a while: of everything, of a topic, or of one kind of alert",
    about:
      "For a DURATION such as 30m, 8h or 2d; what is wrong still, or has ended meanwhile, is told when it " +
      "is over. An ID is a check's, as alert list shows it. off ends every silence.",
    flags: [{ name: "topic", value: "N", meaning: "only of this topic" }],
    hasSettings: true,
    words: "DURATION [ID] | off",
    load: async () => (await import("./silence.ts")).silence,
  },
  {
    name: "alert digest",
    summary: "the last seven days: windows met, net ALLO, and how long the balance lasts",
    about:
      "Printed; --send tells it to every channel too. ALLORA_DIGEST=weekly sends it once a week by itself.",
    flags: [{ name: "send", meaning: "tell it to every channel, too" }],
    hasSettings: true,
    load: async () => (await import("./digest.ts")).digest,
  },
];
