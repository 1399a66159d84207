import { readVenueKey } from "../host/credentials.ts";
import { csv } from "../market/venues/csv.ts";
import { DIALECTS } from "../market/venues/dialects.ts";
import { httpVenue } from "../market/venues/http_venue.ts";
import { assertFresh, loadSeries, refresh } from "../market/feed.ts";
import type { Series } from "../market/series.ts";
import type { CandleStore } from "../market/store.ts";
import type { Venue } from "../market/venue.ts";
import type { TopicSettings } from "../settings.ts";
import type { Run } from "./run.ts";

/** The topic's venues, in the order they are tried. */
export function venuesOf(run: Run, topic: TopicSettings): readonly Venue[] {
  const { host, settings: { rpcTimeoutMs: timeoutMs, ...settings } } = run;
  const keyIn = (path: string, venue: string, setting: string) => () =>
    readVenueKey(path, venue, setting, settings.credentialsDir);
  const keys = {
    atlas: keyIn(settings.atlasKeyFile, "atlas", "ALLORA_ATLAS_KEY_FILE"),
    tiingo: keyIn(settings.tiingoKeyFile, "tiingo", "ALLORA_TIINGO_KEY_FILE"),
  };
  return topic.venues.map((venue) => {
    if (venue.kind === "csv") return csv(venue.path);
    const { kind } = venue;
    const key = kind === "atlas" || kind === "tiingo" ? { key: keys[kind] } : {};
    return httpVenue(DIALECTS[kind], { host, timeoutMs, baseUrl: topic[`${kind}Url`], ...key });
  });
}

/** What the topic's candles are kept under: the pair, and the venues that it takes them from. */
export function candlesName({ pair, venues }: TopicSettings): string {
  const names = venues.map((venue) => venue.kind === "csv" ? `csv:${venue.path}` : venue.kind);
  return `${pair} ${names.join(",")}`;
}

/**
 * Brings the local store up to `nowMs`, the head block's time: the whole history once, afterwards
 * only what is new. Throws "unavailable" with what each venue said.
 */
export function refreshCandles(run: Run, topic: TopicSettings, nowMs: number): Promise<void> {
  const key = `${candlesName(topic)} ${topic.intervalMs} ${topic.historyMs}`;
  const store = run.candles();
  const busy = refreshing.get(store) ?? new Map<string, Promise<void>>();
  refreshing.set(store, busy);
  // Topics of one pair are prepared at the same time: one of them fetches for all.
  const fetching = busy.get(key) ?? fetchCandles(run, topic, nowMs).finally(() => busy.delete(key));
  busy.set(key, fetching);
  return fetching;
}

const refreshing = new WeakMap<CandleStore, Map<string, Promise<void>>>();

async function fetchCandles(run: Run, topic: TopicSettings, nowMs: number): Promise<void> {
  const { fetched, venue, complaints, suspects } = await refresh({
    store: run.candles(),
    venues: venuesOf(run, topic),
    pair: topic.pair,
    name: candlesName(topic),
    intervalMs: topic.intervalMs,
    historyMs: topic.historyMs,
    maxDisagreement: topic.maxDisagreement,
    nowMs,
    signal: run.signal,
    // A venue that asks for patience may have half of the visit: the rest is for signing and sending.
    deadlineMs: run.host.nowMs() + run.settings.runTimeoutMs / 2,
  });
  for (const error of complaints) run.tell("venue.failed", { error, topic: topic.topicId });
  for (const openMs of suspects) {
    const opened = new Date(openMs).toISOString();
    run.tell("candles.suspect", { opened, topic: topic.topicId, pair: topic.pair, venue });
  }
  run.tell("candles.refreshed", { topic: topic.topicId, pair: topic.pair, venue, fetched });
}

/**
 * The stored candles that had ended by `asOfMs`, on a regular grid. With `spanMs` only that much of
 * them: a forecast looks back on a few weeks, training on all. Throws "unavailable" when they are stale.
 */
export function candlesAsOf(
  run: Run,
  topic: TopicSettings,
  asOfMs: number,
  spanMs: number = topic.historyMs,
): Series {
  const name = candlesName(topic);
  const series = loadSeries(run.candles(), name, topic.intervalMs, asOfMs - spanMs, asOfMs);
  assertFresh(series, asOfMs);
  return series;
}
