import { PipelineError } from "../errors.ts";
import type { Forecast } from "./forecast.ts";
import { classInterval, expectedClass, frequencies, inMillionths } from "./labels.ts";
import { candlesIn, checkSeries, DAY_MS, endMs, type Series } from "./series.ts";
import { candleSigma, leastVariance, logReturns } from "./sigma.ts";
import { DEFAULT_BARRIER, DEFAULT_LABELS, horizonCandles, type ModelSpec } from "./spec.ts";
import { tripleBarrier } from "./triple_barrier.ts";

/** Half-widths of a normal's central 90 % and 80 %, in standard deviations. */
const [WIDTH_90, WIDTH_80] = [1.645, 1.282];
/** Fewer resolved horizons than this give no mean worth the name. */
const LEAST_HORIZONS = 20;

/**
 * The modest forecast: the target's mean over all horizons that have ended by the last candle, in the
 * units of `spec.target`. A mean return is shrunk by its own uncertainty, m² / (m² + variance / n), so
 * that a short or wild history says next to nothing; it is never exactly 0.
 *
 * Needs no trained model. Throws "invalid" for unusable candles or too few of them.
 */
export function meanForecast(series: Series, spec: ModelSpec): Forecast {
  checkSeries(series);
  const { close, intervalMs, real } = series;
  const horizon = horizonCandles(spec, intervalMs);
  const base = close.length - 1;
  // Horizons that touch and do not overlap, counted back from the base; none begins or ends in a gap.
  const ends = Array.from({ length: Math.floor(base / horizon) }, (_, i) => base - i * horizon)
    .filter((end) => real[end] === 1 && real[end - horizon] === 1);
  const count = ends.length;
  if (count < LEAST_HORIZONS || base < candlesIn(24, intervalMs)) {
    throw new PipelineError(
      "invalid",
      `Cannot take a mean: ${
        base + 1
      } candles hold ${count} horizons, ${LEAST_HORIZONS} and a day are needed`,
      { hint: "fetch more candles: allora-pipeline train does" },
    );
  }
  const returns = logReturns(series);
  const perCandle = candleSigma(returns, intervalMs);
  const sigma = perCandle[base]! * Math.sqrt(horizon);
  return {
    ...inTargetUnits(spec, { series, returns, perCandle, sigma, horizon, ends }),
    sigma,
    basePrice: close[base]!,
    asOfMs: endMs(series, base),
    model: `mean of ${count} horizons over ${Math.round((base * intervalMs) / DAY_MS)} days`,
  };
}

interface Past {
  readonly series: Series;
  readonly returns: Float64Array;
  /** Volatility per candle, and over the horizon that begins now, in log-return units. */
  readonly perCandle: Float64Array;
  readonly sigma: number;
  readonly horizon: number;
  /** Last candle of each horizon, newest first. */
  readonly ends: readonly number[];
}

type Value = Pick<Forecast, "value" | "labels" | "low" | "high" | "low80" | "high80">;

function inTargetUnits(spec: ModelSpec, past: Past): Value {
  const { series, sigma, ends, horizon } = past;
  const { close } = series;
  const over = ends.map((end) => Math.log(close[end]! / close[end - horizon]!));
  switch (spec.target) {
    case "log-return":
      return around(shrunkMean(over, sigma), sigma, (value) => value);
    case "price": {
      const price = close.at(-1)!;
      return around(shrunkMean(over, sigma), sigma, (value) => price * Math.exp(value));
    }
    case "volatility": {
      const logs = ends.map((end) => logVolatility(past, end));
      const centre = mean(logs);
      const spread = Math.sqrt(variance(logs));
      // The mean of a lognormal, which squared loss asks for, lies above its median.
      return { ...around(centre, spread, Math.exp), value: Math.exp(centre + spread ** 2 / 2) };
    }
    case "labels": {
      const barrier = spec.barrier ?? DEFAULT_BARRIER;
      const classes = ends.flatMap((end) => {
        const base = end - horizon;
        const reach = past.perCandle[base]! * Math.sqrt(horizon);
        return tripleBarrier(series, base, horizon, barrier, reach) ?? [];
      });
      const shares = inMillionths(frequencies(classes));
      const [low, high] = classInterval(shares, 0.1);
      const [low80, high80] = classInterval(shares, 0.2);
      const labels = (spec.labels ?? DEFAULT_LABELS)
        .map((label, place) => ({ label, probability: shares[place]! }));
      return { value: expectedClass(shares), labels, low, high, low80, high80 };
    }
  }
}

function around(centre: number, sigma: number, of: (value: number) => number): Value {
  return {
    value: of(centre),
    low: of(centre - WIDTH_90 * sigma),
    high: of(centre + WIDTH_90 * sigma),
    low80: of(centre - WIDTH_80 * sigma),
    high80: of(centre + WIDTH_80 * sigma),
  };
}

function shrunkMean(values: readonly number[], sigma: number): number {
  const centre = mean(values);
  const uncertainty = variance(values) / values.length;
  const shrunk = centre === 0 ? 0 : centre ** 3 / (centre ** 2 + uncertainty);
  return shrunk === 0 ? 1e-6 * sigma : shrunk;
}

function logVolatility({ returns, series: { intervalMs }, horizon }: Past, end: number): number {
  const squares = returns.subarray(end - horizon + 1, end + 1).reduce((sum, r) => sum + r * r, 0);
  return Math.log(Math.max(squares, leastVariance(intervalMs) * horizon)) / 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
}
