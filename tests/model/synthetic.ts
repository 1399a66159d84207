import { seededRandom } from "../../src/model/bootstrap.ts";
import type { Series } from "../../src/model/series.ts";

export const HOUR_MS = 3_600_000;

/** Hourly candles of a made-up market with σ 0.5 % an hour; `drift` may steer each log-return. */
export function madeUpCandles(
  length: number,
  seed: number,
  drift: (gaussian: () => number) => number = () => 0,
): Series {
  const random = seededRandom(seed);
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const [open, high, low, close, volume] = [0, 1, 2, 3, 4].map(() => new Float64Array(length));
  let price = 100;
  for (let i = 0; i < length; i++) {
    open![i] = price;
    price *= Math.exp(drift(gaussian) + 0.005 * gaussian());
    close![i] = price;
    high![i] = Math.max(open![i]!, price) * (1 + 0.002 * random());
    low![i] = Math.min(open![i]!, price) * (1 - 0.002 * random());
    volume![i] = 1 + random();
  }
  return {
    startMs: Date.UTC(2020, 0, 1),
    intervalMs: HOUR_MS,
    open: open!,
    high: high!,
    low: low!,
    close: close!,
    volume: volume!,
    real: new Uint8Array(length).fill(1),
  };
}

/** A market whose drift wanders and comes back: its past says something about its future. */
export function trendingCandles(length: number, seed: number): Series {
  let drift = 0;
  return madeUpCandles(length, seed, (gaussian) => drift = 0.997 * drift + 8e-5 * gaussian());
}

/** The same candles up to and including `last`, and others after it. */
export function withOtherFuture(series: Series, last: number): Series {
  const other = (column: Float64Array) =>
    column.map((value, i) => i > last ? value * (1.5 + Math.sin(i) / 3) : value);
  return {
    ...series,
    open: other(series.open),
    high: other(series.high),
    low: other(series.low),
    close: other(series.close),
    volume: other(series.volume),
  };
}
