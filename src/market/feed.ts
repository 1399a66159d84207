import { PipelineError } from "../errors.ts";
import { assertClose, compareCloses } from "./agreement.ts";
import { timeText } from "./candle.ts";
import { type Answer, askInTurn, reachOf } from "./failover.ts";
import type { Series } from "./series.ts";
import type { CandleStore } from "./store.ts";
import type { CandleQuery, Venue } from "./venue.ts";

export interface RefreshOptions extends Pick<CandleQuery, "signal" | "deadlineMs"> {
  readonly store: CandleStore;
  /** In the order of preference. */
  readonly venues: readonly Venue[];
  readonly pair: string;
  /** The name that the candles are kept under; default the pair. */
  readonly name?: string;
  readonly intervalMs: number;
  /** How far back the store shall reach. */
  readonly historyMs: number;
  /** The head block's time, epoch milliseconds. */
  readonly nowMs: number;
  /** How far apart, as a log-return, two venues may close before neither is trusted; default 0.01. */
  readonly maxDisagreement?: number;
}

export interface Refreshed {
  /** How many candles the venues gave, those that are fetched again included. */
  readonly fetched: number;
  /** The venue of the newest ones; empty when there was nothing to ask. */
  readonly venue: string;
  /** Why venues were passed over, not compared, or not enough. */
  readonly complaints: readonly string[];
  /** Opening times of recent candles at whose end the price jumps: each is told once. */
  readonly suspects: readonly number[];
}

/** A venue may have shown its last bars before they were final; they are fetched again. */
const REFETCHED = 3;
/**
 * Among so many, one that does not lead to the next is fetched again too: it may have been partial; and
 * so is a gap: a venue may complete an hour late.
 */
const SUSPECTED = 24;
/** Candles per step of the backfill, which goes backwards and, cut short, goes on at the next visit. */
const CHUNK = 20_000;
/** Older than this many intervals, the newest candle says nothing of now (modelling 2.7). */
const MAX_AGE = 2;
/** Of so many newest candles half must be real ones: a quiet market has fewer, a broken venue too. */
const LOOKED_AT = 48;

/**
 * Brings the store up to `nowMs`: only what is new, the last three candles, what is suspect and recent
 * gaps, but everything the first time. A venue that fails, lags or does not reach far enough back gives way to the
 * next. Throws a Disagreement when two venues do not close alike, or a venue not as the one before it did
 * in the candles that are fetched again (nothing of it is stored), and as askInTurn() does.
 */
export async function refresh(options: RefreshOptions): Promise<Refreshed> {
  const { store, venues, intervalMs, historyMs, nowMs, maxDisagreement = 0.01 } = options;
  const { pair: market, name: pair = market } = options;
  const floor = (ms: number) => Math.floor(ms / intervalMs) * intervalMs;
  const endMs = floor(nowMs);
  const reaches = venues.map((venue) => reachOf(venue, intervalMs, nowMs));
  const reachedMs = venues.length === 0 ? -Infinity : Math.min(...reaches);
  const wantedFromMs = Math.max(floor(nowMs - historyMs), reachedMs);
  const backfilledMs = store.backfilledFromMs(pair, intervalMs);
  const suspects = () => store.jumps(pair, intervalMs, endMs - SUSPECTED * intervalMs);
  const known = suspects();
  const complaints: string[] = [];
  let fetched = 0;
  let newest: Answer | undefined;

  async function take(fromMs: number, toMs: number): Promise<void> {
    if (fromMs >= toMs) return;
    const faults: string[] = [];
    const query = {
      ...queryOf(options, fromMs, toMs),
      complain: (what: string) => faults.push(what),
    };
    const answer = await askInTurn(venues, query, MAX_AGE * intervalMs);
    if (newest === undefined) {
      newest = answer;
      complaints.push(
        ...answer.complaints,
        ...await compareCloses(answer, venues, query, maxDisagreement),
      );
      const others = store.closesOfOthers(pair, intervalMs, fromMs, answer.venue.name);
      for (const { openMs, close } of answer.candles) {
        const other = others.get(openMs);
        if (other === undefined) continue;
        const [mine, its] = [[answer.venue.name, close], [other.venue, other.close]] as const;
        assertClose(market, openMs + intervalMs, mine, its, maxDisagreement);
      }
    }
    complaints.push(...faults);
    store.put(pair, intervalMs, answer.candles, answer.venue.name);
    fetched += answer.candles.length;
  }

  if (backfilledMs !== undefined) {
    const lastMs = store.newestMs(pair, intervalMs) ?? backfilledMs;
    const recentMs = endMs - SUSPECTED * intervalMs;
    const gapMs = gapFrom(store.read(pair, intervalMs, recentMs - intervalMs, endMs)) ?? lastMs;
    const fromMs = Math.min(lastMs - (REFETCHED - 1) * intervalMs, gapMs, ...known);
    await take(Math.max(fromMs, reachedMs), endMs);
    // What lies between, no venue of today can give; another may one day.
    if (reachedMs > lastMs) store.markBackfilled(pair, intervalMs, reachedMs);
  }
  for (let toMs = backfilledMs ?? endMs; toMs > wantedFromMs;) {
    const fromMs = Math.max(wantedFromMs, toMs - CHUNK * intervalMs);
    await take(fromMs, toMs);
    store.markBackfilled(pair, intervalMs, fromMs);
    toMs = fromMs;
    if (fromMs === reachedMs) complaints.push(`no venue reaches back beyond ${timeText(fromMs)}`);
  }
  return {
    ...{ fetched, complaints, venue: newest?.venue.name ?? "" },
    suspects: suspects().filter((openMs) => !known.includes(openMs)),
  };
}

/** Opening time of the first candle that is missing between others. */
function gapFrom(series: Series | undefined): number | undefined {
  const gap = series?.real.indexOf(0) ?? -1;
  return series === undefined || gap < 0 ? undefined : series.startMs + gap * series.intervalMs;
}

function queryOf(options: RefreshOptions, fromMs: number, toMs: number): CandleQuery {
  const { pair, intervalMs, nowMs, signal, deadlineMs } = options;
  return {
    ...{ pair, intervalMs, fromMs, toMs, nowMs },
    ...(signal && { signal }),
    ...(deadlineMs !== undefined && { deadlineMs }),
  };
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
 * Throws "unavailable" when the newest candles of the series are no base for a prediction at `nowMs`
 * (the head block's time): the last one ended more than two intervals ago or only fills a gap, or most
 * of the last 48 do.
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
  const recent = real.subarray(-LOOKED_AT);
  const missing = recent.filter((each) => each !== 1).length;
  if (missing * 2 > recent.length) {
    throw new PipelineError(
      "unavailable",
      `Cannot predict: ${missing} of the last ${recent.length} candles up to ${
        timeText(endMs)
      } are missing`,
      { hint: "name a venue with more trades in ALLORA_VENUES, or a longer ALLORA_INTERVAL" },
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
