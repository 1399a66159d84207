import { messageOf, PipelineError } from "../errors.ts";
import { type Candle, timeText } from "./candle.ts";
import type { Series } from "./series.ts";
import type { CandleStore } from "./store.ts";
import type { CandleQuery, Venue } from "./venue.ts";

export interface RefreshOptions extends Pick<CandleQuery, "signal" | "deadlineMs"> {
  readonly store: CandleStore;
  /** In the order of preference. */
  readonly venues: readonly Venue[];
  readonly pair: string;
  readonly intervalMs: number;
  /** How far back the store shall reach. */
  readonly historyMs: number;
  /** The head block's time, epoch milliseconds. */
  readonly nowMs: number;
}

export interface Refreshed {
  /** How many candles the venues gave, those that are fetched again included. */
  readonly fetched: number;
  /** The venue of the newest ones; empty when there was nothing to ask. */
  readonly venue: string;
  /** What the venues before it said: why each was passed over. */
  readonly complaints: readonly string[];
}

/** A venue may have shown its last bars before they were final; they are fetched again. */
const REFETCHED = 3;
/** Candles per step of the backfill, which goes backwards and, cut short, goes on at the next visit. */
const CHUNK = 20_000;
/** Older than this many intervals, the newest candle says nothing of now (modelling 2.7). */
const MAX_AGE = 2;

/**
 * Brings the store up to `nowMs`: only what is new and the last three candles, but everything the
 * first time. A venue that fails or lags gives way to the next; throws what each said when all fail,
 * with their kind when it is one, else "unavailable".
 */
export async function refresh(options: RefreshOptions): Promise<Refreshed> {
  const { store, pair, intervalMs, historyMs, nowMs } = options;
  const floor = (ms: number) => Math.floor(ms / intervalMs) * intervalMs;
  const [wantedFromMs, endMs] = [floor(nowMs - historyMs), floor(nowMs)];
  const backfilledMs = store.backfilledFromMs(pair, intervalMs);
  let fetched = 0;
  let newest: Answer | undefined;

  async function take(fromMs: number, toMs: number): Promise<void> {
    if (fromMs >= toMs) return;
    const answer = await ask(options, fromMs, toMs);
    store.put(pair, intervalMs, answer.candles, answer.venue);
    fetched += answer.candles.length;
    newest ??= answer;
  }

  if (backfilledMs !== undefined) {
    const knownMs = store.newestMs(pair, intervalMs) ?? backfilledMs;
    await take(knownMs - (REFETCHED - 1) * intervalMs, endMs);
  }
  for (let toMs = backfilledMs ?? endMs; toMs > wantedFromMs;) {
    const fromMs = Math.max(wantedFromMs, toMs - CHUNK * intervalMs);
    await take(fromMs, toMs);
    store.markBackfilled(pair, intervalMs, fromMs);
    toMs = fromMs;
  }
  return { fetched, venue: newest?.venue ?? "", complaints: newest?.complaints ?? [] };
}

/** The stored candles that opened at `fromMs` or later and ended by `untilMs`; throws "unavailable" if none. */
export function loadSeries(
  store: CandleStore,
  pair: string,
  intervalMs: number,
  fromMs: number,
  untilMs: number,
): Series {
  const series = store.read(pair, intervalMs, fromMs, untilMs - intervalMs + 1);
  if (series !== undefined) return series;
  throw new PipelineError(
    "unavailable",
    `Cannot load ${pair} candles: the store has none from ${timeText(fromMs)} to ${
      timeText(untilMs)
    }`,
    { hint: "check the pair and ALLORA_VENUES" },
  );
}

/**
 * Throws "unavailable" when the newest candle of the series is no base for a prediction at `nowMs`
 * (the head block's time): it ended more than two intervals ago, or it only fills a gap.
 */
export function assertFresh(series: Series, nowMs: number): void {
  const { startMs, intervalMs, real } = series;
  const endMs = startMs + real.length * intervalMs;
  if (real.length > 0 && real.at(-1) !== 1) {
    throw new PipelineError(
      "unavailable",
      `Cannot predict: the candle that ended at ${timeText(endMs)} is missing`,
      { hint: "the next visit asks the venues again" },
    );
  }
  const ageMs = nowMs - endMs;
  if (real.length > 0 && ageMs <= MAX_AGE * intervalMs) return;
  throw new PipelineError(
    "unavailable",
    `Cannot predict: the newest candle is ${Math.round(ageMs / 60_000)} min old (it ended at ` +
      `${timeText(endMs)}), more than ${MAX_AGE} intervals of ${intervalMs / 60_000} min`,
    { hint: "the venues have nothing newer: check them, or name another in ALLORA_VENUES" },
  );
}

interface Answer {
  readonly candles: readonly Candle[];
  readonly venue: string;
  readonly complaints: readonly string[];
}

async function ask(options: RefreshOptions, fromMs: number, toMs: number): Promise<Answer> {
  const { venues, pair, intervalMs, nowMs, signal, deadlineMs } = options;
  const query: CandleQuery = {
    ...{ pair, intervalMs, fromMs, toMs, nowMs },
    ...(signal && { signal }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
  /** An answer that ends before this lags. */
  const dueMs = Math.min(toMs, nowMs) - MAX_AGE * intervalMs;
  const complaints: string[] = [];
  const errors: PipelineError[] = [];
  let best: { readonly candles: readonly Candle[]; readonly venue: string } | undefined;
  for (const venue of venues) {
    try {
      const candles = await venue.candles(query);
      const endMs = endOf(candles, intervalMs);
      if (endMs >= dueMs) return { candles, venue: venue.name, complaints };
      const newest = candles.length === 0 ? "no candles" : `nothing newer than ${timeText(endMs)}`;
      complaints.push(`${venue.name} has ${newest}`);
      if (!best || endMs > endOf(best.candles, intervalMs)) best = { candles, venue: venue.name };
    } catch (thrown) {
      if (!(thrown instanceof PipelineError)) throw thrown;
      complaints.push(`${venue.name} said: ${messageOf(thrown)}`);
      errors.push(thrown);
    }
  }
  if (best !== undefined) return { ...best, complaints };
  throw allFailed(pair, complaints, errors);
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
