import { messageOf, PipelineError } from "../errors.ts";
import { type Candle, timeText } from "./candle.ts";
import type { CandleQuery, Venue } from "./venue.ts";

/** What the first venue that could gave. */
export interface Answer {
  readonly candles: readonly Candle[];
  readonly venue: Venue;
  /** Those before it that failed or lag, and what they said. */
  readonly passedOver: readonly Venue[];
  readonly complaints: readonly string[];
}

/**
 * Asks the venues in turn until one has candles to the end of the query, or, when all lag, takes the
 * newest. A venue that does not reach back to `fromMs` is not asked. Throws what each said when all fail,
 * with their kind when it is one, else "unavailable".
 */
export async function askInTurn(
  venues: readonly Venue[],
  query: CandleQuery,
  maxAgeMs: number,
): Promise<Answer> {
  const { pair, intervalMs, fromMs, toMs, nowMs } = query;
  /** An answer that ends before this lags. */
  const dueMs = Math.min(toMs, nowMs) - maxAgeMs;
  const passedOver: Venue[] = [];
  const complaints: string[] = [];
  const errors: PipelineError[] = [];
  let best: { readonly candles: readonly Candle[]; readonly venue: Venue } | undefined;
  for (const venue of venues) {
    if (fromMs < reachOf(venue, intervalMs, nowMs)) continue;
    try {
      const candles = await venue.candles(query);
      const endMs = endOf(candles, intervalMs);
      if (endMs >= dueMs) return { candles, venue, passedOver, complaints };
      const newest = candles.length === 0 ? "no candles" : `nothing newer than ${timeText(endMs)}`;
      complaints.push(`${venue.name} has ${newest}`);
      if (!best || endMs > endOf(best.candles, intervalMs)) best = { candles, venue };
    } catch (thrown) {
      if (!(thrown instanceof PipelineError)) throw thrown;
      complaints.push(`${venue.name} said: ${messageOf(thrown)}`);
      errors.push(thrown);
    }
    passedOver.push(venue);
  }
  if (best !== undefined) return { ...best, passedOver, complaints };
  throw allFailed(pair, complaints, errors);
}

/** The first opening time that a venue can give as of `nowMs`; -Infinity when it has no limit. */
export function reachOf({ reach = Infinity }: Venue, intervalMs: number, nowMs: number): number {
  return (Math.floor(nowMs / intervalMs) - reach) * intervalMs;
}

/** When the last candle ended; -Infinity for none. */
function endOf(candles: readonly Candle[], intervalMs: number): number {
  return (candles.at(-1)?.openMs ?? -Infinity) + intervalMs;
}

function allFailed(
  pair: string,
  complaints: readonly string[],
  errors: readonly PipelineError[],
): PipelineError {
  const kinds = new Set(errors.map(({ kind }) => kind));
  const [kind = "config"] = kinds.size > 1 ? ["unavailable" as const] : kinds;
  const said = complaints.join("; ") || "ALLORA_VENUES is empty";
  return new PipelineError(kind, `Cannot refresh ${pair} candles: ${said}`, {
    cause: errors[0],
    hint: errors[0]?.hint ?? "name a venue in ALLORA_VENUES",
  });
}
