import { PipelineError } from "../errors.ts";
import type { Forecast } from "./forecast.ts";
import { classInterval, expectedClass } from "./labels.ts";
import type { OwnAnswer } from "./own_answer.ts";
import { candlesRead } from "./problem.ts";
import { runningSum, windowSum } from "./rolling.ts";
import { candlesIn, checkSeries, endMs, type Series } from "./series.ts";
import { candleSigma, leastVariance, logReturns } from "./sigma.ts";
import { DEFAULT_LABELS, horizonCandles, type ModelSpec } from "./spec.ts";

/** Half-widths of a normal's central 90 % and 80 %, in standard deviations. */
const [WIDTH_90, WIDTH_80] = [1.645, 1.282];
/** A model from elsewhere is shown at least as many candles. */
const LEAST_SHOWN = 720;

/** How many candles a model from elsewhere is shown: as many as the built-in ones read, or more. */
export function candlesShown(spec: ModelSpec, intervalMs: number): number {
  return Math.max(LEAST_SHOWN, candlesRead(spec, intervalMs));
}

/**
 * The forecast that an answer from elsewhere makes. Where it has no volatility or no interval of its
 * own, they come from the candles: σ√h as for the built-in models, and a normal interval around the
 * value that is as wide as σ√h (for a volatility, as its logarithm has spread in these candles).
 *
 * Throws "invalid" for unusable candles, or less than a day of them.
 */
export function ownForecast(
  { said, bounds, sigma: own }: OwnAnswer,
  series: Series,
  spec: ModelSpec,
  model: string,
): Forecast {
  checkSeries(series);
  const { close, intervalMs } = series;
  const horizon = horizonCandles(spec, intervalMs);
  const base = close.length - 1;
  const day = candlesIn(24, intervalMs);
  if (base < day) {
    throw new PipelineError(
      "invalid",
      `Cannot forecast: ${base + 1} candles are less than the ${day + 1} that tell the volatility`,
      { hint: "fetch more candles: check ALLORA_VENUES and ALLORA_HISTORY" },
    );
  }
  const returns = logReturns(series);
  const sigma = own ?? candleSigma(returns, intervalMs)[base]! * Math.sqrt(horizon);
  const common = { sigma, basePrice: close[base]!, asOfMs: endMs(series, base), model };
  if (typeof said !== "number") {
    const [low, high] = classInterval(said, 0.1);
    const [low80, high80] = classInterval(said, 0.2);
    const labels = (spec.labels ?? DEFAULT_LABELS)
      .map((label, place) => ({ label, probability: said[place]! }));
    return { value: expectedClass(said), labels, low, high, low80, high80, ...common };
  }
  const isReturn = spec.target === "log-return";
  const spread = spec.target === "volatility"
    ? logVolatilitySpread(returns, intervalMs, horizon)
    : sigma;
  // Prices and volatilities are above 0: their intervals are the exponentials of symmetric ones.
  const moved = (by: number) => isReturn ? said + by : said * Math.exp(by);
  const distance = (to: number) => isReturn ? to - said : Math.log(to / said);
  const below = bounds === undefined ? -WIDTH_90 * spread : distance(bounds.low);
  const above = bounds === undefined ? WIDTH_90 * spread : distance(bounds.high);
  const narrower = WIDTH_80 / WIDTH_90;
  return {
    value: said,
    low: bounds?.low ?? moved(below),
    high: bounds?.high ?? moved(above),
    low80: moved(narrower * below),
    high80: moved(narrower * above),
    ...common,
  };
}

/** Standard deviation of the log of the realised volatility of all horizons in the candles. */
function logVolatilitySpread(returns: Float64Array, intervalMs: number, horizon: number): number {
  const squares = runningSum(returns.length, (i) => returns[i]! ** 2);
  const least = leastVariance(intervalMs) * horizon;
  const logs = Array.from(
    { length: Math.max(0, returns.length - horizon) },
    (_, i) => Math.log(Math.max(windowSum(squares, i + horizon, horizon), least)) / 2,
  );
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / logs.length;
  // Overlapping horizons in a short past look alike: never surer than chance alone allows.
  return Math.max(Math.sqrt(logs.length === 0 ? 0 : variance), 1 / Math.sqrt(2 * horizon));
}
