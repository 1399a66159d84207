import { ALERT_COMMANDS } from "./alert/table.ts";
import type { Command, Flag } from "./command.ts";
import { DIAGNOSTICS_COMMANDS } from "./diagnostics_table.ts";
import { HEALTH_COMMANDS } from "./health/table.ts";
import { INIT } from "./init/table.ts";
import { INSTALL_COMMANDS } from "./install/table.ts";
import { LEDGER_COMMANDS } from "./ledger/table.ts";
import { LOGS_COMMANDS } from "./logs/table.ts";
import { METRICS } from "./metrics/table.ts";
import { MODELS_COMMANDS } from "./models/table.ts";
import { WALLET_COMMANDS } from "./wallet/table.ts";

const TOPIC: Flag = { name: "topic", value: "N", meaning: "only this topic" };
const AT: Flag = {
  name: "at",
  value: "TIME",
  meaning: "as of this time (2024-12-31T00:00:00Z) instead of the chain's head block",
};

/** Every verb. */
export const COMMANDS: readonly Command[] = [
  INIT,
  {
    name: "submit",
    summary: "one visit: predict and submit for every topic whose window is open",
    about:
      "Looks up what an earlier visit left unfinished, predicts for each open window that has " +
      "no submission yet, sends, waits for the block, and proves and scores the windows that closed. " +
      "Nothing open: one line, exit 0. Made for a timer: run it as often as you like.",
    flags: [
      { ...TOPIC },
      { name: "once", meaning: "accepted for scripts that say it; one visit is what submit does" },
      { name: "dry-run", meaning: "sign and simulate, write nothing down, send nothing" },
    ],
    hasSettings: true,
    load: async () => (await import("./submit.ts")).submit,
  },
  {
    name: "daemon",
    summary: "stay, and submit in the first block of every window",
    about:
      "The same visit as submit, made whenever a window opens: the nodes' websockets tell of it, and " +
      "the daemon polls when they are silent. For topics whose epochs are too short for a timer. SIGHUP: " +
      "settings and topics are read again. SIGTERM or SIGINT: what is under way gets 20 s to end, and " +
      "is taken up by the next start otherwise; a second signal ends it at once.",
    flags: [{ ...TOPIC }],
    hasSettings: true,
    load: async () => (await import("./daemon.ts")).daemon,
  },
  {
    name: "predict",
    summary: "print the forecast that submit would make, and what the validator says",
    about:
      "From the topic's stored model and the newest candles. Touches no wallet; exit 65 when the " +
      "validator refuses the prediction.",
    flags: [{ ...TOPIC }, AT],
    hasSettings: true,
    load: async () => (await import("./predict.ts")).predict,
  },
  {
    name: "train",
    summary: "fit the topics' models on all candles, and promote those that do no harm",
    about:
      "Fetches the history once, fits, chooses the shrinkage and calibrates the intervals on " +
      "forecasts made walking forward. A new model takes the place of the one that predicts when harm " +
      "is excluded: on forecasts that neither could know its squared error (labels: Brier score) is at " +
      "most 1.02 of the other's at the upper end of the 95 % interval. One shown to do harm never does. " +
      "Where too little has come true to tell, it does when the other is older than " +
      "ALLORA_MODEL_MAX_AGE and harm is excluded of its own record against no model at all, and when " +
      "the other is of no use. A model of another learner than the one that predicts (ALLORA_MODEL was " +
      "changed) must be better: that end below 1, whatever the age. Otherwise it is kept beside it: see " +
      "models.",
    flags: [
      { ...TOPIC },
      AT,
      { name: "force", meaning: "promote the new model whatever the comparison says" },
      { name: "keep", meaning: "keep the new model, promote none" },
    ],
    hasSettings: true,
    load: async () => (await import("./train.ts")).train,
  },
  {
    name: "evaluate",
    aliases: ["backtest"],
    summary: "judge the models honestly: purged walk-forward, a verdict in words; also backtest",
    about:
      "Beside each other: the learners, the zero forecast, and the unshrunk ridge. For a topic of " +
      "the settings, or without one from --pair, --target and --horizon. --benchmark checks the " +
      "arithmetic on a synthetic data set instead.",
    flags: [
      { ...TOPIC },
      AT,
      {
        name: "html",
        value: "FILE",
        meaning: "also write a page with charts, to show a colleague",
      },
      { name: "benchmark", value: "FILE", meaning: "a JSON file with Xtr, ytr, Xte and yte" },
    ],
    hasSettings: true,
    load: async () => (await import("./evaluate.ts")).evaluate,
  },
  ...MODELS_COMMANDS,
  {
    name: "features",
    summary: "print the rows to train a model of your own with, as CSV",
    about:
      "A row for each candle of the topic's history: its end, the features that an ONNX model is given " +
      "(help model), and the target, which is what its output should have been: a log-return divided " +
      "by the volatility over the horizon, the logarithm of the volatility, or the class -1, 0, 1. The " +
      "target is empty while the horizon has not passed.",
    flags: [{ ...TOPIC }, AT],
    hasSettings: true,
    load: async () => (await import("./features.ts")).features,
  },
  {
    name: "history",
    summary: "every epoch: what we said, what came true, cost and reward, windows missed",
    about:
      "From the ledger, all workers together, oldest first, with totals over the rows shown. Needs " +
      "no wallet and no lock; the balance is shown when the chain answers. Fees are all that " +
      "was taken for the transactions, the chain's own data and registration fees included.",
    flags: [
      { ...TOPIC },
      { name: "last", value: "N", meaning: "only the newest so many epochs (all)" },
      { name: "csv", meaning: "comma-separated values with a header row (RFC 4180)" },
    ],
    hasSettings: true,
    load: async () => (await import("./history.ts")).history,
  },
  ...DIAGNOSTICS_COMMANDS,
  METRICS,
  ...WALLET_COMMANDS,
  ...LEDGER_COMMANDS,
  ...LOGS_COMMANDS,
  ...HEALTH_COMMANDS,
  ...ALERT_COMMANDS,
  ...INSTALL_COMMANDS,
  {
    name: "demo",
    summary: "the whole job on an embedded chain and market, with a throwaway wallet",
    about:
      "Starts a devnet in the process, funds and registers a new wallet, trains on real BTC/USD " +
      "candles, and runs the daemon for some epochs: predict, sign, submit, prove, score.",
    flags: [
      { name: "epochs", value: "N", meaning: "windows to run through (12)" },
      { name: "speed", value: "FACTOR", meaning: "how much faster than real time (600)" },
      { name: "generation", value: "N", meaning: "emissions module of the devnet: 9 or 10 (10)" },
      {
        name: "keep",
        value: "DIR",
        meaning: "keep the settings, ledger and log in this directory",
      },
    ],
    hasSettings: false,
    load: async () => (await import("./demo.ts")).demo,
  },
  {
    name: "devnet",
    summary: "run the embedded chain and market for practice, on loopback",
    about:
      "CometBFT RPC with a faucet, and a venue in Binance's shape that serves packaged candles as " +
      "of the devnet's clock. Settings to point at it are printed.",
    flags: [
      { name: "rpc", value: "ADDRESS", meaning: "where the chain listens (127.0.0.1:26657)" },
      { name: "market", value: "ADDRESS", meaning: "where the venue listens (127.0.0.1:8090)" },
      { name: "speed", value: "FACTOR", meaning: "how much faster than real time (600)" },
      { name: "generation", value: "N", meaning: "emissions module: 9 or 10 (10)" },
      { name: "fault", value: "LIST", meaning: "faults to play, such as drop-response:2,html:1" },
      {
        name: "state",
        value: "FILE",
        meaning: "JSON: chain id, accounts, topics, height, open nonce",
      },
    ],
    hasSettings: false,
    notes: async () => (await import("./devnet.ts")).faultsHelp(),
    load: async () => (await import("./devnet.ts")).devnet,
  },
  {
    name: "schedule",
    summary: "what each topic needs to be met in time: the timer or the daemon; or a crontab",
    about:
      "From the length of the topic's epoch and window in blocks, and the pace of the chain's last 100. " +
      "Wants no wallet.",
    flags: [{ ...TOPIC }, { name: "cron", meaning: "print lines for crontab instead" }],
    hasSettings: true,
    load: async () => (await import("./schedule.ts")).schedule,
  },
  {
    name: "completions",
    summary: "print completions for bash, zsh or fish",
    about:
      "For bash: source <(allora-pipeline completions bash), in ~/.bashrc. For zsh: the same after " +
      "compinit. For fish: into ~/.config/fish/completions/allora-pipeline.fish.",
    flags: [],
    hasSettings: false,
    words: "bash|zsh|fish",
    load: async () => (await import("./completions/completions.ts")).completions,
  },
  {
    name: "help",
    summary:
      "this text, a command's, or settings, env-file, topic-file, model, journal, exit-codes",
    about:
      "help COMMAND is COMMAND --help. help env-file and help topic-file print examples to start from, " +
      "help catalog what to install for journalctl -x, help man the manual page: " +
      "allora-pipeline help man | man -l -",
    flags: [],
    hasSettings: false,
    words: "[COMMAND|settings|env-file|topic-file|model|journal|catalog|man|exit-codes]",
    load: async () => (await import("./help.ts")).help,
  },
  {
    name: "version",
    summary: "version, commit, Deno version and which world built it",
    about: "The same as --version.",
    flags: [],
    hasSettings: false,
    load: async () => (await import("./help.ts")).version,
  },
];

/** Flags that every verb takes. */
export const COMMON_FLAGS: readonly Flag[] = [
  { name: "json", meaning: "one JSON object on stdout instead of text" },
  { name: "help", short: "h", meaning: "what the command does and takes" },
];
