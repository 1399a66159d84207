import type { Command } from "../command.ts";

/** The verb `metrics`. */
export const METRICS: Command = {
  name: "metrics",
  summary: "print the metrics in Prometheus' text format, or write them for node_exporter",
  about:
    "Computed from the ledger each time; a value that nobody knows is missing, never 0. With " +
    "ALLORA_METRICS_FILE set, health and every visit that did something write them, too; with " +
    "ALLORA_METRICS_LISTEN set, the daemon serves them.",
  flags: [
    {
      name: "textfile",
      value: "PATH",
      meaning: "write them to this file, whose name ends in .prom",
    },
  ],
  hasSettings: true,
  load: async () => (await import("./metrics.ts")).metrics,
};
