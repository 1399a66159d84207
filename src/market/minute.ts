import { PipelineError } from "../errors.ts";
import { compareCloses, Disagreement } from "./agreement.ts";
import { isFinal, timeText } from "./candle.ts";
import { askInTurn, reachOf } from "./failover.ts";
import type { CandleStore } from "./store.ts";
import type { CandleQuery, Venue } from "./venue.ts";

const MINUTE_MS = 60_000;
/** A quiet market has minutes without a trade: the price is that of the last one that had one. */
const LOOKED_AT = 10;
/** A venue whose newest minute ended earlier lags, and gives way to the next. */
const MAX_AGE_MINUTES = 2;

export interface MinuteOptions extends Pick<CandleQuery, "pair" | "signal" | "deadlineMs"> {
  readonly store: CandleStore;
  /** In the order of preference. A file has candles of one interval and is not asked. */
  readonly venues: readonly Venue[];
  /** The name that the minutes are kept under: they are single ones, and no series. */
  readonly name: string;
  /** The full minute at which the price is wanted, epoch milliseconds. */
  readonly minuteMs: number;
  /** The head block's time, epoch milliseconds. */
  readonly nowMs: number;
  /** As for refresh(). */
  readonly maxDisagreement: number;
}

/** A price, and what kept venues from giving or comparing it. */
export interface MinutePrice {
  readonly price: number;
  /** When the minute ended whose close it is, epoch milliseconds. */
  readonly endMs: number;
  readonly complaints: readonly string[];
}

/** When the newest minute ended that is final by `nowMs` and had ended by `minuteMs`. */
export function lastFinalMinute(minuteMs: number, nowMs: number): number {
  return isFinal(minuteMs - MINUTE_MS, MINUTE_MS, nowMs) ? minuteMs : minuteMs - MINUTE_MS;
}

/**
 * The price at a minute: the close of the newest final one-minute candle that had ended by then, which is
 * fetched unless it is stored, and stored alone. One that is stored and a minute older stands in when no
 * venue can give it.
 *
 * Throws a Disagreement when two venues do not close alike, "config" when there is none to ask,
 * "unavailable" when none has a trade in the last ten minutes, and as askInTurn() does.
 */
export async function priceOfMinute(options: MinuteOptions): Promise<MinutePrice> {
  const { store, name, minuteMs, nowMs } = options;
  const toMs = lastFinalMinute(minuteMs, nowMs);
  const fromMs = toMs - LOOKED_AT * MINUTE_MS;
  const known = storedPrice(store, name, fromMs, toMs);
  if (known?.endMs === toMs) return known;
  try {
    const complaints = await fetchMinute(options, fromMs, toMs);
    const found = storedPrice(store, name, fromMs, toMs);
    if (found !== undefined) return { ...found, complaints };
    const why = ["no venue has a trade", ...complaints].join("; ");
    throw new PipelineError("unavailable", `${cannot(toMs)}: ${why}`, {
      hint: "name a venue with more trades in ALLORA_VENUES",
    });
  } catch (thrown) {
    const isNear = known !== undefined && known.endMs >= toMs - MINUTE_MS;
    const isTrusted = thrown instanceof PipelineError && !(thrown instanceof Disagreement);
    if (!isNear || !isTrusted) throw thrown;
    return { ...known, complaints: [thrown.message] };
  }
}

const cannot = (toMs: number) => `Cannot tell the price at ${timeText(toMs)}`;

/** Stores the newest candle of the span that the venues have and agree on; returns their complaints. */
async function fetchMinute(
  { store, venues, name, pair, nowMs, maxDisagreement, signal, deadlineMs }: MinuteOptions,
  fromMs: number,
  toMs: number,
): Promise<readonly string[]> {
  const able = venues.filter((venue) => venue.remote && reachOf(venue, MINUTE_MS, nowMs) <= fromMs);
  if (able.length === 0) {
    throw new PipelineError("config", `${cannot(toMs)}: no venue has its minutes`, {
      hint: "name one in ALLORA_VENUES that has: a file has none, and kraken those of half a day",
    });
  }
  const query: CandleQuery = {
    ...{ pair, intervalMs: MINUTE_MS, fromMs, toMs, nowMs },
    ...(signal && { signal }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
  const answer = await askInTurn(able, query, MAX_AGE_MINUTES * MINUTE_MS);
  const others = await compareCloses(answer, able, query, maxDisagreement);
  const newest = answer.candles.at(-1);
  if (newest !== undefined) store.put(name, MINUTE_MS, [newest], answer.venue.name);
  return [...answer.complaints, ...others];
}

function storedPrice(
  store: CandleStore,
  name: string,
  fromMs: number,
  toMs: number,
): MinutePrice | undefined {
  const minutes = store.read(name, MINUTE_MS, fromMs, toMs);
  const price = minutes?.close.at(-1);
  if (minutes === undefined || price === undefined) return undefined;
  const endMs = minutes.startMs + minutes.close.length * MINUTE_MS;
  return { price, endMs, complaints: [] };
}
