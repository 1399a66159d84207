import type { Candle } from "./candle.ts";

export interface CandleQuery {
  /** Base and quote: "BTC/USD". */
  readonly pair: string;
  readonly intervalMs: number;
  /** Opening times from `fromMs` (inclusive) to `toMs` (exclusive), epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The head block's time: a candle that had not ended a minute before it is left out. */
  readonly nowMs: number;
  /** Hears of candles that were left out because they cannot be. */
  readonly complain?: (what: string) => void;
  readonly signal?: AbortSignal;
  /** Wall clock after which no answer is of use; a venue that asks for patience gets it until then. */
  readonly deadlineMs?: number;
}

/** A source of candles, checked and oldest first. */
export interface Venue {
  readonly name: string;
  /** It is asked over the network, and so can be compared with another. */
  readonly remote?: true;
  /** How many candles before the present one it can give; all it ever had when there is no number. */
  readonly reach?: number;
  /** Throws "unavailable" (a venue), "denied" (its key), "invalid" (a file), "config" (a pair it does not have). */
  candles(query: CandleQuery): Promise<readonly Candle[]>;
}
