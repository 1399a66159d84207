import { duration, list, number, path, type SettingType, url } from "./setting_type.ts";
import type { Table } from "./table.ts";

/** The venues that are asked over HTTP. */
const VENUES = ["atlas", "tiingo", "binance", "coinbase", "kraken", "bitstamp"] as const;

/** Where candles come from: a venue's HTTP interface, or a CSV file. */
export type VenueRef = { readonly kind: typeof VENUES[number] } | {
  readonly kind: "csv";
  readonly path: string;
};

const venue: SettingType<VenueRef> = {
  word: "VENUE",
  allowed: `${VENUES.join(", ")} or csv:PATH`,
  parse: (text, cwd) => {
    const kind = VENUES.find((name) => name === text);
    if (kind !== undefined) return { kind };
    const file = /^csv:./.test(text) ? path.parse(text.slice(4), cwd) : undefined;
    return file ? { kind: "csv", path: file } : undefined;
  },
};

/** A topic's settings of the candles it learns from. */
export const VENUE_SETTINGS = {
  venues: {
    name: "ALLORA_VENUES",
    type: list(venue),
    default: "binance,coinbase",
    meaning:
      "Where candles come from, in the order they are tried; of two the last closes are compared",
  },
  maxDisagreement: {
    name: "ALLORA_MAX_DISAGREEMENT",
    type: number(0, 1),
    default: "0.01",
    meaning:
      "How far apart, as a log-return, the last closes of two venues may be; beyond it neither is used",
  },
  atlasUrl: baseUrl("ALLORA_ATLAS_URL", "https://forge-data.allora.run/api"),
  tiingoUrl: baseUrl("ALLORA_TIINGO_URL", "https://api.tiingo.com"),
  binanceUrl: baseUrl("ALLORA_BINANCE_URL", "https://data-api.binance.vision"),
  coinbaseUrl: baseUrl("ALLORA_COINBASE_URL", "https://api.exchange.coinbase.com"),
  krakenUrl: baseUrl("ALLORA_KRAKEN_URL", "https://api.kraken.com"),
  bitstampUrl: baseUrl("ALLORA_BITSTAMP_URL", "https://www.bitstamp.net"),
  historyMs: {
    name: "ALLORA_HISTORY",
    type: duration("1d", "4000d"),
    // Two years to train on, one to judge the model and calibrate its intervals, 30 days of warm-up.
    default: "1125d",
    meaning: "How much history of candles is kept and learned from",
  },
} as const satisfies Table;

function baseUrl(name: `ALLORA_${Uppercase<typeof VENUES[number]>}_URL`, at: string) {
  const venue = name.split("_")[1]?.toLowerCase();
  return { name, type: url, default: at, meaning: `Base URL of the venue ${venue}` };
}
