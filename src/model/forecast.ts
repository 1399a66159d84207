import { PipelineError } from "../errors.ts";
import type { Artifact } from "./artifact.ts";
import type { Member } from "./combination.ts";
import { said } from "./fit.ts";
import { classInterval, expectedClass, inMillionths } from "./labels.ts";
import { candlesRead, stateProblem, warmUp } from "./problem.ts";
import { classProbabilities, pointForecast } from "./replay.ts";
import { checkSeries, endMs, type Series, tail } from "./series.ts";
import { DEFAULT_LABELS } from "./spec.ts";

/** What is expected, how sure that is, and of what it was made. */
export interface Forecast {
  /** A log-return, a price, a realised volatility (√Σr²), or the expected class −1 … 1. */
  readonly value: number;
  /** For labels: their probabilities in whole millionths, summing to exactly 1. */
  readonly labels?: readonly { readonly label: string; readonly probability: number }[];
  /** The 90 % interval, in the units of `value`. */
  readonly low: number;
  readonly high: number;
  /** The 80 % interval. */
  readonly low80: number;
  readonly high80: number;
  /** The market's volatility over the horizon, in log-return units. */
  readonly sigma: number;
  /** The price from which it starts: the close of the last candle, or of a minute after that. */
  readonly basePrice: number;
  /** When that was the price, epoch milliseconds. */
  readonly asOfMs: number;
  /** Learner and artifact. */
  readonly model: string;
}

/**
 * Forecasts from the last candle. Reads only as many candles as the features look back on, so the
 * same last candles give the same bits whatever came before. Throws "invalid" when the candles do not
 * fit the artifact, are too few, or end with a filled one.
 */
export function forecast(artifact: Artifact, series: Series): Forecast {
  const { spec, intervalMs } = artifact;
  if (series.intervalMs !== intervalMs) {
    throw unusable(`candles last ${series.intervalMs} ms and the model knows ${intervalMs} ms`);
  }
  const recent = tail(series, candlesRead(spec, intervalMs));
  const base = recent.close.length - 1;
  const needed = warmUp(spec, intervalMs);
  if (base < needed) throw unusable(`${base + 1} candles are less than the ${needed + 1} it reads`);
  checkSeries(recent);
  if (recent.real[base] !== 1) {
    throw unusable(`the last candle, to ${new Date(endMs(recent, base)).toISOString()}, is a gap`);
  }
  const problem = stateProblem(recent, spec, Int32Array.of(base));
  if (problem.features.join() !== artifact.features.join()) {
    throw unusable("its features are not the ones this program computes");
  }
  const at = { basePrice: recent.close[base]!, asOfMs: endMs(recent, base) };
  const [sigma, scale] = [problem.sigma[0]!, problem.scale[0]!];
  const words: Partial<Record<Member, number>> = {
    ...Object.fromEntries(said(artifact.fitted, problem, 0)),
    ewma: problem.ewma[0]!,
    persistence: problem.persistence[0]!,
  };
  const point = pointForecast(spec, (member) => words[member]!, scale, artifact.calibration);
  return {
    ...inTargetUnits(artifact, point, scale, at.basePrice),
    sigma,
    ...at,
    model: `${spec.learner} ${artifact.id}`,
  };
}

/** A forecast of a price that says the same return from another price, of another time. */
export function startedFrom(made: Forecast, basePrice: number, asOfMs: number): Forecast {
  const factor = basePrice / made.basePrice;
  const { value, low, high, low80, high80 } = made;
  return {
    ...made,
    value: value * factor,
    low: low * factor,
    high: high * factor,
    low80: low80 * factor,
    high80: high80 * factor,
    ...{ basePrice, asOfMs },
  };
}

type Value = Pick<Forecast, "value" | "labels" | "low" | "high" | "low80" | "high80">;

function inTargetUnits(
  { spec, calibration }: Artifact,
  point: number,
  scale: number,
  basePrice: number,
): Value {
  const bounds = (of: (value: number) => number) => ({
    low: of(point - calibration.quantile90 * scale),
    high: of(point + calibration.quantile90 * scale),
    low80: of(point - calibration.quantile80 * scale),
    high80: of(point + calibration.quantile80 * scale),
  });
  switch (spec.target) {
    case "log-return":
      return { value: point, ...bounds((value) => value) };
    case "price":
      return {
        value: basePrice * Math.exp(point),
        ...bounds((value) => basePrice * Math.exp(value)),
      };
    case "volatility":
      // exp of a mean logarithm is a median and falls short of the mean that squared loss asks for;
      // quantiles pass through exp unharmed.
      return { value: Math.exp(point) * calibration.smear, ...bounds(Math.exp) };
    case "labels": {
      const probabilities = inMillionths(classProbabilities(point / scale, spec, calibration));
      const [low, high] = classInterval(probabilities, 0.1);
      const [low80, high80] = classInterval(probabilities, 0.2);
      const labels = (spec.labels ?? DEFAULT_LABELS).map((label, i) => ({
        label,
        probability: probabilities[i]!,
      }));
      return { value: expectedClass(probabilities), labels, low, high, low80, high80 };
    }
  }
}

function unusable(what: string): PipelineError {
  return new PipelineError("invalid", `Cannot forecast: ${what}`, {
    hint: "fetch the missing candles, or run allora-pipeline train again if the settings changed",
  });
}
