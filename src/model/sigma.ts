import { candlesIn, HOUR_MS, type Series } from "./series.ts";
import { windowedEwma } from "./rolling.ts";

/** Hours of history every feature may look back on. */
export const LOOKBACK_HOURS = 720;

/** Least hourly volatility believed: a market that stood still did not become safe. */
const FLOOR_PER_ROOT_HOUR = 5e-4;

/** Log-returns per candle; 0 for the first. */
export function logReturns(series: Series): Float64Array {
  return series.close.map((close, i) => i === 0 ? 0 : Math.log(close / series.close[i - 1]!));
}

/** Volatility per candle: root of the exponentially weighted mean square return, half-life 168 h. */
export function candleSigma(returns: Float64Array, intervalMs: number): Float64Array {
  const floor = FLOOR_PER_ROOT_HOUR * Math.sqrt(intervalMs / HOUR_MS);
  const squares = windowedEwma(
    returns.map((r) => r * r),
    (168 * HOUR_MS) / intervalMs,
    candlesIn(LOOKBACK_HOURS, intervalMs),
  );
  return squares.map((square) => Math.max(Math.sqrt(Math.max(square, 0)), floor));
}

/**
 * Least realised variance per candle, a tenth of the floor of σ squared: keeps the logarithm of a
 * window without a trade finite, and is far below what real windows have.
 */
export function leastVariance(intervalMs: number): number {
  return (FLOOR_PER_ROOT_HOUR / 10) ** 2 * (intervalMs / HOUR_MS);
}
