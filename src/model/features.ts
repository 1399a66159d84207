import { candlesIn, endMs, HOUR_MS, type Series } from "./series.ts";
import { movingAverage, rollingMax, rollingMin, runningSum, windowSum } from "./rolling.ts";
import { leastVariance, LOOKBACK_HOURS } from "./sigma.ts";

/** One number about the past of candle t, known at its close and free of scale. */
export interface Feature {
  readonly name: string;
  readonly at: (t: number) => number;
}

/** What both families of features are made of. */
interface Past {
  readonly series: Series;
  readonly returns: Float64Array;
  readonly sigma: Float64Array;
}

/**
 * What is said about the coming return: past returns, volatility, trend, range, volume, shape of the
 * distribution and the clock. Names count candles. Valid from candle 720 h on.
 */
export function returnFeatures(past: Past): Feature[] {
  const { series, returns, sigma } = past;
  const { close, high, low, volume } = series;
  const windows = windowsOf(series.intervalMs);
  const [day, week, month] = [24, 168, 720].map((hours) => candlesIn(hours, series.intervalMs));
  const length = close.length;
  const logClose = close.map(Math.log);
  const prices = runningSum(length, (i) => close[i]!);
  const squares = runningSum(length, (i) => returns[i]! ** 2);
  const ups = runningSum(length, (i) => Math.max(returns[i]!, 0));
  const upSquares = runningSum(length, (i) => Math.max(returns[i]!, 0) ** 2);
  const cubes = runningSum(length, (i) => returns[i]! ** 3);
  const products = runningSum(length, (i) => i === 0 ? 0 : returns[i]! * returns[i - 1]!);
  const moves = runningSum(length, (i) => Math.abs(returns[i]!));
  const ranges = runningSum(length, (i) => Math.log(high[i]! / low[i]!) ** 2);
  const volumes = runningSum(length, (i) => volume[i]!);
  const signedVolumes = runningSum(length, (i) => Math.sign(returns[i]!) * volume[i]!);
  const hours = (span: number) => (span * HOUR_MS) / series.intervalMs;
  const fast = movingAverage(logClose, hours(12));
  const slow = movingAverage(logClose, hours(26));
  const top = rollingMax(high, month!);
  const variance = leastVariance(series.intervalMs);
  const ratio = (sums: Float64Array, t: number, short: number, long: number, least: number) =>
    Math.log(
      (windowSum(sums, t, short) / short + least) / (windowSum(sums, t, long) / long + least),
    );
  const share = (part: Float64Array, whole: Float64Array, t: number, window: number) => {
    const sum = windowSum(whole, t, window);
    return sum > 0 ? windowSum(part, t, window) / sum : 0;
  };

  return [
    ...windows(
      [1, 4, 12, 24, 72, 168, 336, 720],
      "return",
      (w) => (t) => (logClose[t]! - logClose[t - w]!) / (sigma[t]! * Math.sqrt(w)),
    ),
    ...windows(
      [24, 72, 168],
      "realised_variance",
      (w) => (t) => ratio(squares, t, w, month!, variance) / 2,
    ),
    { name: "log_sigma", at: (t) => Math.log(sigma[t]!) },
    ...windows(
      [24, 168, 720],
      "mean_distance",
      (w) => (t) => Math.log(close[t]! * w / windowSum(prices, t, w)) / (sigma[t]! * Math.sqrt(w)),
    ),
    ...windows([14, 168], "strength", (w) => (t) => 2 * share(ups, moves, t, w) - 1),
    ...windows([24, 168, 720], "range_position", (w) => {
      const highest = rollingMax(high, w);
      const lowest = rollingMin(low, w);
      return (t) => {
        const range = highest[t]! - lowest[t]!;
        return range > 0 ? 2 * (close[t]! - lowest[t]!) / range - 1 : 0;
      };
    }),
    { name: "parkinson", at: (t) => ratio(ranges, t, day!, month!, variance) / 2 },
    { name: "volume_day_week", at: (t) => ratio(volumes, t, day!, week!, 1e-9) },
    { name: "volume_week_month", at: (t) => ratio(volumes, t, week!, month!, 1e-9) },
    { name: "up_semivariance", at: (t) => share(upSquares, squares, t, week!) - 0.5 },
    ...windows([24, 168], "signed_volume", (w) => (t) => share(signedVolumes, volumes, t, w)),
    { name: "autocorrelation", at: (t) => share(products, squares, t, week!) },
    {
      name: "skew",
      at: (t) =>
        windowSum(cubes, t, week!) / week! /
        (windowSum(squares, t, week!) / week! + variance) ** 1.5,
    },
    {
      name: "drawdown",
      at: (t) => Math.log(close[t]! / top[t]!) / (sigma[t]! * Math.sqrt(month!)),
    },
    { name: "macd", at: (t) => (fast[t]! - slow[t]!) / sigma[t]! },
    ...clock(series),
  ];
}

/**
 * What is said about the coming volatility: the log realised volatility of several pasts (HAR, Corsi
 * 2009), the exponentially weighted one and the clock. The pasts are the horizon's own "day, week,
 * month" (h, 7h, 30h) and the calendar's, none longer than 720 h: for 24 h both are 24, 168, 720 h.
 */
export function volatilityFeatures(past: Past, horizonMs: number): Feature[] {
  const { series, returns, sigma } = past;
  const windows = windowsOf(series.intervalMs);
  const h = horizonMs / HOUR_MS;
  const spans = [h, 7 * h, 30 * h, 24, 168, 720].filter((hours) => hours <= LOOKBACK_HOURS);
  const squares = runningSum(series.close.length, (i) => returns[i]! ** 2);
  const variance = leastVariance(series.intervalMs);
  return [
    ...windows(
      spans.sort((a, b) => a - b),
      "log_volatility",
      (w) => (t) => Math.log(windowSum(squares, t, w) / w + variance) / 2,
    ),
    { name: "log_sigma", at: (t) => Math.log(sigma[t]!) },
    ...clock(series),
  ];
}

/** One feature per distinct window: with candles of a day, 1 h and 24 h are the same candle. */
function windowsOf(intervalMs: number) {
  return (hours: number[], name: string, at: (window: number) => Feature["at"]): Feature[] =>
    [...new Set(hours.map((span) => candlesIn(span, intervalMs)))]
      .map((window) => ({ name: `${name}_${window}`, at: at(window) }));
}

/** Hour of the day and day of the week (UTC) of the close, as points on a circle. */
function clock(series: Series): Feature[] {
  const angle = (t: number, periodHours: number) =>
    (2 * Math.PI * (endMs(series, t) / HOUR_MS % periodHours)) / periodHours;
  return [
    { name: "hour_sin", at: (t) => Math.sin(angle(t, 24)) },
    { name: "hour_cos", at: (t) => Math.cos(angle(t, 24)) },
    { name: "weekday_sin", at: (t) => Math.sin(angle(t, 168)) },
    { name: "weekday_cos", at: (t) => Math.cos(angle(t, 168)) },
  ];
}
