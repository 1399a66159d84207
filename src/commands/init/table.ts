import type { Command } from "../command.ts";

/** The wizard. */
export const INIT: Command = {
  name: "init",
  summary: "set everything up: network, topics, wallet, keys, alerts; then train and rehearse",
  about:
    "Asks on a terminal, and each question has a flag; Enter keeps what is in brackets. Topics are read " +
    "from the chain. Settings' flags go into the files; a flag that names a secret's file is where it is " +
    "copied from, with mode 0600 (--slack-webhook-file, --atlas-key-file, for import --mnemonic-file). " +
    "Nothing that is set is changed: run it again to go on where it stopped. Ends with coins from the " +
    "faucet where there is one, training, a rehearsal, and what to type next; exit 1 when that is NO GO.",
  flags: [
    { name: "network", value: "NAME", meaning: "testnet, mainnet or custom (--rpc, --chain-id)" },
    { name: "topics", value: "N,…", meaning: "all the topics that are to be on" },
    { name: "wallet", value: "WAY", meaning: "new, import or keep" },
    {
      name: "alerts",
      value: "LIST",
      meaning: "slack, discord, webhook, email, heartbeat, or none",
    },
    { name: "yes", meaning: "ask nothing: what has no flag gets what would be in brackets" },
    { name: "dry-run", meaning: "say what would be written, and write nothing" },
    { name: "files-only", meaning: "write the files, and leave training and rehearsal for later" },
  ],
  hasSettings: true,
  load: async () => (await import("./init.ts")).init,
};
