import type { Command, Flag } from "./command.ts";

const TOPIC: Flag = { name: "topic", value: "N", meaning: "only this topic" };

/** What looks and changes nothing. */
export const DIAGNOSTICS_COMMANDS: readonly Command[] = [
  {
    name: "rpc",
    summary: "the endpoints as they are now: latency, height, agreement, and which would be used",
    about:
      "Asks every endpoint several times for its status, once for its generation (api: version of the " +
      "emissions module), and for each topic's window. latency is the median; lag is in blocks behind " +
      "the best; windows says whether two or more agree on all topics' windows (agree, alone, how many " +
      "are odd); use is the order in which a visit would ask: first, second (to confirm), reserve, last, " +
      "none. Exit 69 when none can be used.",
    flags: [
      { ...TOPIC, meaning: "ask for this topic's window, on or not" },
      { name: "samples", value: "N", meaning: "how often each is asked for its status (5)" },
    ],
    hasSettings: true,
    load: async () => (await import("./rpc/rpc.ts")).rpc,
  },
];
