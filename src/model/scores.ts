import { blockBootstrap, type Estimate, shiftedPValue } from "./bootstrap.ts";
import type { Learner } from "./spec.ts";

/** One learner's out-of-sample record; intervals are 95 % by block bootstrap. */
export interface LearnerScore {
  readonly learner: Learner;
  readonly mse: Estimate;
  readonly mae: Estimate;
  readonly rmse: Estimate;
  /** 1 − squared error over that of the expanding mean. */
  readonly r2: Estimate;
  /** Squared error over that of the reference. */
  readonly mseRatio: Estimate;
  /** Share of forecasts on the right side of the reference; null: it never took a side. */
  readonly directionalAccuracy: Estimate | null;
  /** Pearson's; null: the forecasts do not vary. */
  readonly correlation: Estimate | null;
  /** sd(forecast) / sd(truth). */
  readonly sdRatio: number;
  /** Of the correlation, against the same forecasts shifted in time; null as there. */
  readonly pValue: number | null;
}

/** Forecasts beside what came and what the two simplest forecasts would have said. */
export interface Outcomes {
  readonly forecast: Float64Array;
  readonly truth: Float64Array;
  /** The mean of the truths known at the time. */
  readonly mean: Float64Array;
  /** What has to be beaten: zero, the mean or the class frequencies. */
  readonly reference: Float64Array;
}

/** Scores a learner; `block` is the bootstrap's block length in rows. */
export function scoreLearner(learner: Learner, outcomes: Outcomes, block: number): LearnerScore {
  const { forecast, truth, mean, reference } = outcomes;
  const column = (of: (y: number, p: number, i: number) => number) =>
    truth.map((y, i) => of(y, forecast[i]!, i));
  const columns = [
    column((y, p) => (y - p) ** 2),
    column((y, p) => Math.abs(y - p)),
    column((y, _, i) => (y - mean[i]!) ** 2),
    column((y, _, i) => (y - reference[i]!) ** 2),
    column((y, p, i) => (y - reference[i]!) * (p - reference[i]!) > 0 ? 1 : 0),
    column((y, p, i) => (y - reference[i]!) * (p - reference[i]!) !== 0 ? 1 : 0),
    column((y) => y),
    column((_, p) => p),
    column((y) => y * y),
    column((_, p) => p * p),
    column((y, p) => y * p),
  ];
  const [mse, mae, rmse, r2, mseRatio, directionalAccuracy, correlation, sdRatio] = blockBootstrap(
    columns,
    block,
    ([square, absolute, byMean, byReference, hit, sided, y, p, yy, pp, yp]) => {
      const varianceY = yy! - y! * y!;
      const varianceP = pp! - p! * p!;
      return [
        square!,
        absolute!,
        Math.sqrt(square!),
        1 - square! / byMean!,
        square! / byReference!,
        hit! / sided!,
        (yp! - y! * p!) / Math.sqrt(varianceY * varianceP),
        Math.sqrt(varianceP / varianceY),
      ];
    },
  );
  return {
    learner,
    mse: mse!,
    mae: mae!,
    rmse: rmse!,
    r2: r2!,
    mseRatio: mseRatio!,
    directionalAccuracy: defined(directionalAccuracy!),
    correlation: defined(correlation!),
    sdRatio: sdRatio!.value,
    pValue: shiftedPValue(forecast, truth, block),
  };
}

function defined(estimate: Estimate): Estimate | null {
  return Number.isFinite(estimate.value) ? estimate : null;
}
