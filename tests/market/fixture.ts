import { assertRejects } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import type { Candle } from "../../src/market/candle.ts";
import { type CandleStore, openCandleStore } from "../../src/market/store.ts";
import type { Venue } from "../../src/market/venue.ts";

export const HOUR_MS = 3_600_000;
export const START_MS = Date.UTC(2024, 0, 1);

/** The hourly candle number `i`, whose close is 100 + i; it opens where the one before closed. */
export function candleAt(i: number): Candle {
  const close = 100 + i;
  return {
    openMs: START_MS + i * HOUR_MS,
    open: close - 1,
    high: close + 2,
    low: 50,
    close,
    volume: 1,
  };
}

export function candlesUntil(count: number, except: readonly number[] = []): readonly Candle[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => !except.includes(i))
    .map(candleAt);
}

/** A venue that holds `all`, and keeps the ranges it was asked for, in hours since the start. */
export function venueOf(
  name: string,
  all: readonly Candle[],
): Venue & { readonly asked: (readonly [number, number])[] } {
  const asked: (readonly [number, number])[] = [];
  return {
    name,
    asked,
    candles({ fromMs, toMs, nowMs, intervalMs }) {
      asked.push([(fromMs - START_MS) / HOUR_MS, (toMs - START_MS) / HOUR_MS]);
      return Promise.resolve(
        all.filter(({ openMs }) =>
          openMs >= fromMs && openMs < toMs && openMs + intervalMs <= nowMs
        ),
      );
    },
  };
}

export function brokenVenue(name: string, error: Error): Venue {
  return { name, candles: () => Promise.reject(error) };
}

export async function withStore(
  test: (store: CandleStore, path: string) => void | Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/candles.db`;
    using store = openCandleStore(path);
    await test(store, path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

export function refusalOf(work: () => Promise<unknown>): Promise<PipelineError> {
  return assertRejects(work, PipelineError);
}
