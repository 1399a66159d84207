import type { Command } from "../command.ts";

/** What tells how things are. */
export const HEALTH_COMMANDS: readonly Command[] = [
  {
    name: "health",
    aliases: ["healthcheck"],
    summary: "look at everything that can go wrong: monitoring-plugins output and exit code",
    about:
      "First line STATUS - text | perfdata, then a line for each check, the worst first, with what to " +
      "do. Exit 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; of several CRITICAL counts first, then UNKNOWN, " +
      "then WARNING. A check that cannot be made is UNKNOWN, never OK. Writes healthcheck_status.log (how " +
      "things are now) and healthcheck_alerts.log (what changed, 1000 lines) to ALLORA_LOG_DIR. Needs no " +
      "wallet. --json: status, checked_at, and checks with name, topic_id, subject, status, message, " +
      "value, unit, warn, crit and fix; members may be added, ignore those you do not know.",
    flags: [
      {
        name: "service",
        meaning:
          "for a unit with OnFailure=: exit with 69 when what is CRITICAL or UNKNOWN could not " +
          "be told by every channel, and with 78 when the settings cannot be read",
      },
      { name: "every", value: "DURATION", meaning: "stay, and look again after each such time" },
    ],
    hasSettings: true,
    load: async () => (await import("./health.ts")).health,
  },
];
