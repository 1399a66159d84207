import { PipelineError } from "../errors.ts";
import { checkedProbabilities, defect, type OwnAnswer } from "./own_answer.ts";
import { candlesRead, stateProblem, warmUp } from "./problem.ts";
import { checkSeries, type Series, tail } from "./series.ts";
import type { ModelSpec } from "./spec.ts";

/** What the built-in learners see at the last candle, before they standardise it. */
export interface FeatureRow {
  readonly names: readonly string[];
  readonly values: Float64Array;
  /** Outputs are in units of this: σ√h, the volatility over the horizon; 1 for a volatility. */
  readonly scale: number;
  readonly basePrice: number;
}

/** The row of the last candle. Throws "invalid" when the candles are unusable or too few. */
export function featureRow(series: Series, spec: ModelSpec): FeatureRow {
  const recent = tail(series, candlesRead(spec, series.intervalMs));
  const base = recent.close.length - 1;
  const needed = warmUp(spec, series.intervalMs);
  if (base < needed) {
    throw new PipelineError(
      "invalid",
      `Cannot compute features: ${base + 1} candles are less than the ${needed + 1} they read`,
      { hint: "fetch more candles: check ALLORA_VENUES and ALLORA_HISTORY" },
    );
  }
  checkSeries(recent);
  const problem = stateProblem(recent, spec, Int32Array.of(base));
  return {
    names: problem.features,
    values: problem.x,
    scale: problem.scale[0]!,
    basePrice: recent.close[base]!,
  };
}

/** The names of a row's features, in their order; they depend on the target, its horizon and the candles. */
export function featureNames(
  { target, horizonMs }: Pick<ModelSpec, "target" | "horizonMs">,
  intervalMs: number,
): readonly string[] {
  const spec: ModelSpec = { target, horizonMs, learner: "auto" };
  const length = warmUp(spec, intervalMs) + 1;
  const flat = new Float64Array(length).fill(1);
  const columns = { open: flat, high: flat, low: flat, close: flat, volume: flat };
  const real = new Uint8Array(length).fill(1);
  return featureRow({ startMs: 0, intervalMs, ...columns, real }, spec).names;
}

/**
 * What the output of a model over that row says: one number, which is a log-return in units of σ√h (of
 * a price too) or the logarithm of the volatility over the horizon; for labels three probabilities.
 * Throws "invalid" that begins with `Cannot use ${subject}`.
 */
export function answerOfOutput(
  output: readonly number[],
  { scale, basePrice }: FeatureRow,
  { target }: ModelSpec,
  subject: string,
): OwnAnswer {
  const wanted = target === "labels" ? 3 : 1;
  if (output.length !== wanted) {
    throw defect(subject, `it gives ${output.length} numbers, a ${target} topic takes ${wanted}`);
  }
  const strange = output.find((each) => !Number.isFinite(each));
  if (strange !== undefined) throw defect(subject, `it gives ${strange}, not finite`);
  const [first = NaN, second = NaN, third = NaN] = output;
  switch (target) {
    case "labels": {
      const sum = first + second + third;
      // Single precision: what is off by its rounding is brought to 1 before it is held to that.
      const unit = Math.abs(sum - 1) < 1e-5 ? sum : 1;
      return {
        said: checkedProbabilities(
          [first / unit, second / unit, third / unit],
          (what) => defect(subject, what),
        ),
      };
    }
    case "log-return":
      return { said: first * scale };
    case "price":
      return { said: basePrice * Math.exp(first * scale) };
    case "volatility":
      return { said: Math.exp(first) };
  }
}
