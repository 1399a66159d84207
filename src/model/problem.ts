import { runningSum, windowedEwma, windowSum } from "./rolling.ts";
import { candlesIn, HOUR_MS, type Series } from "./series.ts";
import { candleSigma, leastVariance, logReturns, LOOKBACK_HOURS } from "./sigma.ts";
import { returnFeatures, volatilityFeatures } from "./features.ts";
import { DEFAULT_BARRIER, horizonCandles, type ModelSpec } from "./spec.ts";
import { type Class, tripleBarrier } from "./triple_barrier.ts";

/**
 * A series as a learner sees it: one row per base candle, with what was known at its close and what
 * came of it. Truth and baselines are log-returns, or logarithms of realised volatility.
 */
export interface Problem {
  /** Index in the series of each row's base candle, ascending. */
  readonly candles: Int32Array;
  /** Candles in the series: the first that has not come yet has this index. */
  readonly length: number;
  readonly intervalMs: number;
  /** Candles from the base to the end of the label. */
  readonly horizon: number;
  readonly isVolatility: boolean;
  readonly features: readonly string[];
  /** Row-major, rows × features. */
  readonly x: Float64Array;
  /** σ√h: the market's volatility over the horizon, in log-return units. */
  readonly sigma: Float64Array;
  /** What the truth is divided by before anything is fitted to it: σ√h, or 1 for volatility. */
  readonly scale: Float64Array;
  /** Scaled truth is clipped to ± this for training. */
  readonly clip: number;
  /** Ridge penalties to choose from, per training row. */
  readonly strengths: readonly number[];
  /** What came; NaN while unresolved, and where a filled candle hides it. */
  readonly truth: Float64Array;
  /** For labels the class that came, 0 where truth is NaN; otherwise empty. */
  readonly classes: readonly Class[];
  readonly ewma: Float64Array;
  readonly persistence: Float64Array;
}

/** Half-life of the drift baseline, and how many half-lives it looks back. */
const DRIFT_HALF_LIFE_HOURS = 60 * 24;
const DRIFT_LOOKBACK_HOURS = 5 * DRIFT_HALF_LIFE_HOURS;

/** Up to "the features have nothing to say", which is often the truth about returns. */
const RETURN_STRENGTHS = [1e-4, 1e-3, 1e-2, 0.1, 0.3, 1, 3, 10, Infinity];
/** Past volatility always has something to say; the penalty is there for collinear windows. */
const VOLATILITY_STRENGTHS = [1e-3, 1e-2, 0.1];

/** Candles that must come before a row so that its features are whole. */
export function warmUp(spec: ModelSpec, intervalMs: number): number {
  return Math.max(candlesIn(LOOKBACK_HOURS, intervalMs), horizonCandles(spec, intervalMs));
}

/** Candles a live forecast reads: the base, its warm-up, and what the drift baseline asks for. */
export function candlesRead(spec: ModelSpec, intervalMs: number): number {
  const drift = spec.learner === "ewma" && spec.target !== "volatility";
  return 1 + Math.max(
    warmUp(spec, intervalMs),
    drift ? candlesIn(DRIFT_LOOKBACK_HOURS, intervalMs) : 0,
  );
}

/** The problem over the given base candles, each at least `warmUp` candles from the start. */
export function stateProblem(series: Series, spec: ModelSpec, candles: Int32Array): Problem {
  const { close, real, intervalMs } = series;
  const horizon = horizonCandles(spec, intervalMs);
  const root = Math.sqrt(horizon);
  const returns = logReturns(series);
  const perCandle = candleSigma(returns, intervalMs);
  const past = { series, returns, sigma: perCandle };
  const of = (value: (t: number) => number) => Float64Array.from(candles, value);
  const resolved = (t: number) =>
    t + horizon < close.length && real[t] === 1 && real[t + horizon] === 1;
  const sigma = of((t) => perCandle[t]! * root);
  const isVolatility = spec.target === "volatility";
  const frame = { candles, length: close.length, intervalMs, horizon, isVolatility, sigma };

  if (isVolatility) {
    const squares = runningSum(close.length, (i) => returns[i]! ** 2);
    const least = leastVariance(intervalMs) * horizon;
    const logVolatility = (end: number) =>
      Math.log(Math.max(windowSum(squares, end, horizon), least)) / 2;
    return {
      ...table(volatilityFeatures(past, spec.horizonMs), candles),
      ...frame,
      scale: sigma.map(() => 1),
      clip: Infinity,
      strengths: VOLATILITY_STRENGTHS,
      truth: of((t) => resolved(t) ? logVolatility(t + horizon) : NaN),
      classes: [],
      ewma: sigma.map(Math.log),
      persistence: of(logVolatility),
    };
  }
  const drift = windowedEwma(
    returns,
    (DRIFT_HALF_LIFE_HOURS * HOUR_MS) / intervalMs,
    candlesIn(DRIFT_LOOKBACK_HOURS, intervalMs),
  );
  const barrier = spec.barrier ?? DEFAULT_BARRIER;
  const classes = spec.target === "labels"
    ? Array.from(candles, (t) => tripleBarrier(series, t, horizon, barrier, perCandle[t]! * root))
    : [];
  const truth = of((t) => resolved(t) ? Math.log(close[t + horizon]! / close[t]!) : NaN);
  return {
    ...table(returnFeatures(past), candles),
    ...frame,
    scale: sigma,
    clip: 4,
    strengths: RETURN_STRENGTHS,
    truth: truth.map((value, row) =>
      classes.length > 0 && classes[row] === undefined ? NaN : value
    ),
    classes: classes.map((label) => label ?? 0),
    ewma: of((t) => drift[t]! * horizon),
    persistence: of((t) => Math.log(close[t]! / close[t - horizon]!)),
  };
}

function table(features: ReturnType<typeof returnFeatures>, candles: Int32Array) {
  const x = new Float64Array(candles.length * features.length);
  let cell = 0;
  for (const t of candles) for (const feature of features) x[cell++] = feature.at(t);
  return { features: features.map(({ name }) => name), x };
}
