import type { Command, Flag } from "./command.ts";

const TOPIC: Flag = { name: "topic", value: "N", meaning: "only this topic" };

/** What looks and changes nothing. */
export const DIAGNOSTICS_COMMANDS: readonly Command[] = [
  {
    name: "status",
    summary: "how everything stands, on one screen: wallet, topics, windows, endpoints, runs",
    about:
      "From the ledger first, so that it works offline; the chain is given 5 s to say more. - is what is " +
      "not known; a window with a question mark is an estimate from the last visit. epochs: one mark " +
      "each, oldest first: | met, x missed, ? not known, . open. met counts those that closed. failing: " +
      "visits to the topic that failed one after the other. Exit 0 whatever it shows.",
    flags: [
      { ...TOPIC },
      { name: "last", value: "N", meaning: "how many epochs of each topic (24)" },
    ],
    hasSettings: true,
    load: async () => (await import("./status/status.ts")).status,
  },
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
  {
    name: "doctor",
    summary: "look at everything that has to be right, and say how to put right what is not",
    about:
      "A block for each subject: system, settings, permissions, endpoints, clock, wallet, keys, market, " +
      "topics, model, ledger, units, alerts. Each line is ok, warn or fail, with the cure below it; what could " +
      "not be looked at fails. Changes nothing; where the program is installed, run it with sudo. Exit 1 " +
      "when a line fails, else 0. --json: ok, warn, fail (how many), and blocks with results; members may " +
      "be added. --go-live answers " +
      "seven questions in order and rehearses a submission (signed and simulated, not sent); it " +
      "ends with GO or NO GO.",
    flags: [
      { name: "offline", meaning: "only what needs no network" },
      { name: "go-live", meaning: "the seven questions before money is at stake" },
      { name: "settings", meaning: "print the settings in force, and where each came from" },
    ],
    hasSettings: true,
    load: async () => (await import("./doctor/doctor.ts")).doctor,
  },
];
