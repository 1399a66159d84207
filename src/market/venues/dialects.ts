import type { VenueRef } from "../../settings.ts";
import { atlas } from "./atlas.ts";
import { binance } from "./binance.ts";
import { bitstamp } from "./bitstamp.ts";
import { coinbase } from "./coinbase.ts";
import type { Dialect } from "./dialect.ts";
import { kraken } from "./kraken.ts";
import { tiingo } from "./tiingo.ts";

/** The dialect of each venue that is asked over HTTP, by its name in ALLORA_VENUES. */
export const DIALECTS: Readonly<Record<Exclude<VenueRef["kind"], "csv">, Dialect>> = {
  atlas,
  tiingo,
  binance,
  coinbase,
  kraken,
  bitstamp,
};
