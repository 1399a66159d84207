import type { Command } from "../command.ts";

/** `rotate`, and the verbs of `logs`. */
export const LOGS_COMMANDS: readonly Command[] = [
  {
    name: "rotate",
    summary: "put submission.log into a compressed archive, and delete those that are too old",
    about:
      "Into submission_YYYYMMDD_HHMMSS.log.gz beside it (UTC), which is read back and compared before " +
      "anything is deleted. Loses no line, whoever writes meanwhile; what somebody still writes to is " +
      "compressed by a later rotation. Nothing to rotate: exit 0. Needs nothing but the log directory. " +
      "Exit 75 while another rotation is under way, 78 for a link in a file's place, 77 when strangers " +
      "may write to the directory.",
    flags: [{
      name: "every",
      value: "DURATION",
      meaning: "stay, and rotate at this pace, such as 1h; ended by SIGTERM",
    }],
    hasSettings: true,
    load: async () => (await import("./rotate.ts")).rotate,
  },
  {
    name: "logs list",
    summary: "the log and its archives: since when, how large, how well compressed",
    about:
      "The log that is written to first, then the newest archive. The size of what is in an archive " +
      "of 4 MB and more is not known without reading it, and shown as -.",
    flags: [],
    hasSettings: true,
    load: async () => (await import("./list.ts")).list,
  },
  {
    name: "logs show",
    summary: "print an archive, or the log, as it was written",
    about:
      'ARCHIVE is a name that logs list shows, with or without its .gz, or "latest". Prints JSON lines, ' +
      "for jq or grep: allora-pipeline logs show latest | grep submission.confirmed.",
    flags: [],
    hasSettings: true,
    words: "ARCHIVE",
    load: async () => (await import("./show.ts")).show,
  },
  {
    name: "logs tail",
    summary: "the end of the log, for a person; --follow goes on, across rotations",
    about: "With --json the lines as they are in the file: one JSON object each.",
    flags: [
      { name: "lines", short: "n", value: "N", meaning: "how many lines (10)" },
      { name: "follow", short: "f", meaning: "go on until it is stopped" },
    ],
    hasSettings: true,
    load: async () => (await import("./tail.ts")).tail,
  },
  {
    name: "logs prune",
    summary: "delete archives older than so many days, whatever ALLORA_LOG_KEEP says",
    about: "By the time in their names. Never deletes what is not compressed yet.",
    flags: [{ name: "days", value: "N", meaning: "how many days are kept" }],
    hasSettings: true,
    load: async () => (await import("./prune.ts")).prune,
  },
];
