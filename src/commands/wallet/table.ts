import type { Command } from "../command.ts";

/** The verbs of `wallet`. */
export const WALLET_COMMANDS: readonly Command[] = [
  {
    name: "wallet new",
    summary: "create a wallet of 24 words, in a file that only you can read",
    about:
      "Writes ALLORA_MNEMONIC_FILE with mode 0600 and prints the address. Never writes over a wallet.",
    flags: [{ name: "show", meaning: "print the words once, for writing them down" }],
    hasSettings: true,
    load: async () => (await import("./new.ts")).create,
  },
  {
    name: "wallet import",
    summary: "take over a wallet from its words, which are asked for, or piped in",
    about:
      "Checks the words and writes them to ALLORA_MNEMONIC_FILE with mode 0600. They are not shown " +
      "while they are typed, and are never taken from the command line. Never writes over a wallet.",
    flags: [],
    hasSettings: true,
    // Words behind the verb come to its own refusal, which repeats none of them.
    words: "[FLAGS]",
    load: async () => (await import("./import.ts")).importWallet,
  },
  {
    name: "wallet address",
    summary: "print the wallet's address",
    about: "One line with the address and nothing else, for scripts. Asks no node.",
    flags: [],
    hasSettings: true,
    load: async () => (await import("./address.ts")).address,
  },
  {
    name: "wallet balance",
    summary: "what the wallet holds, what it spends, and how long that lasts",
    about:
      "The balance, account number and sequence from the chain; the fees of the last 24 hours and 7 " +
      "days from the ledger. The runway is the balance at the faster of those two paces.",
    flags: [],
    hasSettings: true,
    load: async () => (await import("./balance.ts")).balance,
  },
  {
    name: "wallet faucet",
    summary: "ask a testnet's faucet for coins, and wait until they are there",
    about:
      "Asks ALLORA_FAUCET_URL, on a testnet or devnet only. A faucet that is asked too often is asked " +
      "again later, up to five times within ALLORA_RUN_TIMEOUT; then exit 75. Holds up no submission.",
    flags: [],
    hasSettings: true,
    load: async () => (await import("./faucet.ts")).faucet,
  },
  {
    name: "wallet register",
    summary: "register the wallet as a worker of a topic, at the chain's fee",
    about:
      "Says first whether the topic's whitelist has the wallet: exit 77 if not, with nothing spent. " +
      "Registered already: says so, exit 0. The topic needs no topic file.",
    flags: [
      { name: "topic", value: "N", meaning: "any topic of the chain" },
      { name: "dry-run", meaning: "sign and simulate, write nothing down, send nothing" },
    ],
    hasSettings: true,
    load: async () => (await import("./register.ts")).register,
  },
];
