import { address } from "./address.ts";
import { ALERT_SETTINGS } from "./alerts.ts";
import { HEALTH_SETTINGS } from "./health.ts";
import { model } from "./model.ts";
import {
  allo,
  choice,
  count,
  duration,
  durationOf,
  list,
  loopback,
  number,
  path,
  promFile,
  type SettingType,
  shape,
  url,
  yesNo,
} from "./setting_type.ts";
import { VENUE_SETTINGS } from "./venues.ts";

/** One row of the table. Without `default`, `located` and `required` the setting may stay unset. */
interface Spec<T = unknown> {
  readonly name: `ALLORA_${string}`;
  readonly type: SettingType<T>;
  readonly default?: string;
  /** In words, a default that depends on where the program runs. */
  readonly located?: string;
  readonly required?: true;
  /** The setting names a secret, which is read from a file and is never a setting itself. */
  readonly secret?: true;
  readonly meaning: string;
  /** A value for the example file where there is no default. */
  readonly example?: string;
}
export type Table = Readonly<Record<string, Spec>>;

/** The typed values of a table, a field for each row. */
export type Values<T extends Table> = { readonly [Field in keyof T]: Value<T[Field]> };
type Value<S> = S extends { type: SettingType<infer T> }
  ? S extends { default: string } | { located: string } | { required: true } ? T : T | undefined
  : never;

export type { OwnModel } from "./model.ts";
export type { VenueRef } from "./venues.ts";

/** Settings of the whole program. */
export const GLOBAL_SETTINGS = {
  rpc: {
    name: "ALLORA_RPC",
    type: list(url),
    default: "https://allora-rpc.testnet.allora.network",
    meaning: "CometBFT RPC endpoints of Allora nodes; of several, two must agree on a window",
  },
  chainId: {
    name: "ALLORA_CHAIN_ID",
    type: shape("ID", /^[A-Za-z0-9][\w.-]{0,49}$/, "a chain id such as allora-testnet-1"),
    default: "allora-testnet-1",
    meaning: "The chain that an endpoint must serve",
  },
  rpcTimeoutMs: {
    name: "ALLORA_RPC_TIMEOUT",
    type: duration("100ms", "5m"),
    default: "10s",
    meaning: "Longest wait for one answer of an endpoint or a venue",
  },
  runTimeoutMs: {
    name: "ALLORA_RUN_TIMEOUT",
    type: duration("1s", "1h"),
    default: "4m",
    meaning: "Deadline of one visit to all topics",
  },
  mnemonicFile: {
    name: "ALLORA_MNEMONIC_FILE",
    type: path,
    located: "$CREDENTIALS_DIRECTORY/mnemonic, /etc/allora-pipeline/mnemonic or ./data/mnemonic",
    secret: true,
    meaning: "File of mode 0600 that holds the wallet's mnemonic",
  },
  atlasKeyFile: {
    name: "ALLORA_ATLAS_KEY_FILE",
    type: path,
    located: "$CREDENTIALS_DIRECTORY/atlas-key, /etc/allora-pipeline/atlas-key or ./data/atlas-key",
    secret: true,
    meaning: "File of mode 0600 that holds the key of the venue atlas",
  },
  tiingoKeyFile: {
    name: "ALLORA_TIINGO_KEY_FILE",
    type: path,
    located:
      "$CREDENTIALS_DIRECTORY/tiingo-key, /etc/allora-pipeline/tiingo-key or ./data/tiingo-key",
    secret: true,
    meaning: "File of mode 0600 that holds the key of the venue tiingo",
  },
  gasPriceMargin: {
    name: "ALLORA_GAS_PRICE_MARGIN",
    type: number(1, 2),
    default: "1.05",
    meaning: "Factor on the gas price that the fee market asks for",
  },
  feeGranter: {
    name: "ALLORA_FEE_GRANTER",
    type: address,
    meaning: "Account that pays the fees by a fee grant; unset: the wallet itself",
    example: "allo1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqas6usy",
  },
  maxFeePerDayUallo: {
    name: "ALLORA_MAX_FEE_PER_DAY",
    type: allo,
    default: "1",
    meaning: "What transactions may cost in 24 hours; beyond it none is signed",
  },
  autoRegister: {
    name: "ALLORA_AUTO_REGISTER",
    type: yesNo,
    default: "yes",
    meaning: "Register the wallet as a worker of a topic when it is not, at the chain's fee",
  },
  fallback: {
    name: "ALLORA_FALLBACK",
    type: yesNo,
    default: "yes",
    meaning:
      "When model or market fail in an open window, submit a modest forecast, marked as such",
  },
  onnxRuntime: {
    name: "ALLORA_ONNX_RUNTIME",
    type: path,
    meaning: "Directory of onnxruntime-web, which models at onnx:PATH need; see help model",
    example: "/usr/local/lib/onnxruntime-web",
  },
  modelsKept: {
    name: "ALLORA_MODELS_KEEP",
    type: count(2, 10_000),
    default: "10",
    meaning: "How many models of a topic are kept; the one that predicts and its parent always are",
  },
  faucetUrl: {
    name: "ALLORA_FAUCET_URL",
    type: url,
    default: "https://faucet.testnet.allora.run",
    meaning: "Where wallet faucet asks for testnet coins",
  },
  stateDir: {
    name: "ALLORA_STATE_DIR",
    type: path,
    located: "$STATE_DIRECTORY, /var/lib/allora-pipeline or ./data",
    meaning: "Directory of the ledger, the candles and the trained models",
  },
  logDir: {
    name: "ALLORA_LOG_DIR",
    type: path,
    located: "$LOGS_DIRECTORY, /var/log/allora-pipeline or ./logs",
    meaning: "Directory of submission.log",
  },
  logKeepMs: {
    name: "ALLORA_LOG_KEEP",
    type: duration("1d", "3650d"),
    default: "30d",
    meaning: "How long archives of submission.log are kept, by the time in their names",
  },
  logLevel: {
    name: "ALLORA_LOG_LEVEL",
    type: choice("debug", "info", "warn", "error"),
    default: "info",
    meaning: "The least severe events that are logged",
  },
  metricsFile: {
    name: "ALLORA_METRICS_FILE",
    type: promFile,
    meaning: "Where health and every visit that did something write metrics for node_exporter",
    example: "/var/lib/allora-pipeline-metrics/allora-pipeline.prom",
  },
  metricsListen: {
    name: "ALLORA_METRICS_LISTEN",
    type: loopback,
    meaning: "Where the daemon serves /metrics and /healthz, on this machine only",
    example: "127.0.0.1:9477",
  },
  ...ALERT_SETTINGS,
  ...HEALTH_SETTINGS,
} as const satisfies Table;

/** Settings of one topic. In the global file they are defaults for all topics. */
export const TOPIC_SETTINGS = {
  target: {
    name: "ALLORA_TARGET",
    type: choice("log-return", "price", "volatility", "labels"),
    required: true,
    meaning: "What is predicted",
    example: "log-return",
  },
  pair: {
    name: "ALLORA_PAIR",
    type: shape("PAIR", /^[A-Z0-9]{2,10}\/[A-Z0-9]{2,10}$/, "a pair such as BTC/USD"),
    required: true,
    meaning: "The pair whose price is predicted",
    example: "BTC/USD",
  },
  horizonMs: {
    name: "ALLORA_HORIZON",
    type: duration("1m", "90d"),
    required: true,
    meaning: "How far ahead the prediction looks, a multiple of ALLORA_INTERVAL",
    example: "24h",
  },
  intervalMs: {
    name: "ALLORA_INTERVAL",
    type: durationOf("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d"),
    default: "1h",
    meaning: "Length of the candles that the model learns from",
  },
  model: {
    name: "ALLORA_MODEL",
    type: model,
    default: "auto",
    meaning:
      "auto (ridge, or the ensemble if proven better, shrunk to do no harm), ridge, trees, har, " +
      "ensemble, zero, mean, ewma, persistence, or your own: URL, file:PATH, onnx:PATH (help model); a " +
      "built-in one takes another's place once it is shown to be better, or by train --force",
  },
  modelTimeoutMs: {
    name: "ALLORA_MODEL_TIMEOUT",
    type: duration("100ms", "5m"),
    default: "20s",
    meaning:
      "Longest wait for a model at a URL or an ONNX graph, and never more than half of ALLORA_RUN_TIMEOUT",
  },
  predictionMaxAgeMs: {
    name: "ALLORA_PREDICTION_MAX_AGE",
    type: duration("1m", "90d"),
    meaning: "How old the prediction in a model's file:PATH may be; unset: one ALLORA_INTERVAL",
    example: "1h",
  },
  modelMaxAgeMs: {
    name: "ALLORA_MODEL_MAX_AGE",
    type: duration("1d", "3650d"),
    default: "30d",
    meaning:
      "An older model is due for retraining, and gives way to a new one of which harm is excluded: as " +
      "ever against the old one, or where too little came true to tell, against no model at all",
  },
  retrain: {
    name: "ALLORA_RETRAIN",
    type: choice("off", "advise", "auto"),
    default: "advise",
    meaning:
      "What age, drift (false in 5 of 100 models a month at most), a corrected history of the model or " +
      "another ALLORA_MODEL than its own lead to: nothing, a warning a day, or training",
  },
  labels: {
    name: "ALLORA_LABELS",
    type: list(shape("LABEL", /^.{1,64}$/u, "a name of at most 64 characters"), 3),
    default: "down,neutral,up",
    meaning: "Names of the three classes of a labels topic, from falling to rising",
  },
  barrier: {
    name: "ALLORA_BARRIER",
    type: number(0.01, 10),
    default: "1",
    meaning: "Distance of a labels topic's barriers, in standard deviations over the horizon",
  },
  ...VENUE_SETTINGS,
  warnAbove: {
    name: "ALLORA_WARN_ABOVE",
    type: number(0, 1e6),
    default: "5",
    meaning: "A prediction whose log-return is larger, up or down, is logged as a warning",
  },
  refuseAbove: {
    name: "ALLORA_REFUSE_ABOVE",
    type: number(0, 1e6),
    default: "50",
    meaning: "A prediction whose log-return is larger, up or down, is not submitted",
  },
} as const satisfies Table;

/** One setting as the rest of the program sees it: for flags, --help, completions and docs. */
export interface Setting extends Spec {
  /** The flag without its dashes: ALLORA_RPC_TIMEOUT is --rpc-timeout. */
  readonly flag: string;
  readonly scope: "global" | "topic";
}

/** Every setting, in the order of the files and of --help. */
export const SETTINGS: readonly Setting[] = [
  ...settingsOf("global", GLOBAL_SETTINGS),
  ...settingsOf("topic", TOPIC_SETTINGS),
];

/** The flag of a setting, without its dashes. */
export function flagOf(name: string): string {
  return name.replace("ALLORA_", "").toLowerCase().replaceAll("_", "-");
}

function settingsOf(scope: Setting["scope"], table: Table): Setting[] {
  return Object.values(table).map((spec) => ({ ...spec, flag: flagOf(spec.name), scope }));
}
