import { blockBootstrap, type Estimate, shiftedPValues } from "./bootstrap.ts";
import { type KitScore, kitScore } from "./kit.ts";
import { czarLoss, zptaeLoss } from "./losses.ts";
import type { Learner } from "./spec.ts";

/** An estimate beside what forecasts shifted in time reach; p is one-sided, null when they do not vary. */
export interface Measure extends Estimate {
  readonly pValue: number | null;
}

/** One learner's out-of-sample record; intervals are 95 % by block bootstrap. */
export interface LearnerScore {
  readonly learner: Learner;
  readonly mse: Measure;
  readonly mae: Measure;
  readonly rmse: Measure;
  /** 1 − squared error over that of the expanding mean. */
  readonly r2: Measure;
  /** Squared error over that of the reference. */
  readonly mseRatio: Measure;
  /** Share of forecasts on the right side of the reference; null: it never took a side. */
  readonly directionalAccuracy: Measure | null;
  /** Pearson's; null: the forecasts do not vary. */
  readonly correlation: Measure | null;
  /** sd(forecast) / sd(truth). */
  readonly sdRatio: number;
  /** Share of truths inside the intervals (for labels: of the return behind the class). */
  readonly coverage80: Estimate;
  readonly coverage90: Estimate;
  /** How return topics are judged; null for other targets. */
  readonly returns: ReturnScore | null;
  /** The same by the builder kit's own rules; null likewise. */
  readonly kit: KitScore | null;
}

/**
 * The builder kit's two measures of returns, and the network's losses. The kit's "CZAR" (cumulative
 * z-scored absolute return) is not the CZAR loss.
 */
export interface ReturnScore {
  /** 1 − √(Σ|y|(y − p)² / Σ|y|) over the same for p = 0. */
  readonly wrmseImprovement: Measure;
  /** Σ ±|y| / Σ|y|, + where p has the sign of y; a forecast of 0 has not. */
  readonly czarImprovement: Measure;
  /** Mean losses of y and p in units of σ√h, and over those of the zero forecast. */
  readonly czarLoss: Measure;
  readonly czarLossRatio: Measure;
  readonly zptaeLoss: Measure;
  readonly zptaeLossRatio: Measure;
}

/** Forecasts beside what came and what the two simplest forecasts would have said. */
export interface Outcomes {
  readonly forecast: Float64Array;
  readonly truth: Float64Array;
  /** The mean of the truths known at the time. */
  readonly mean: Float64Array;
  /** What has to be beaten: zero, the mean or the class frequencies. */
  readonly reference: Float64Array;
  /** 1 where the 80 % and the 90 % interval held the truth. */
  readonly in80: Float64Array;
  readonly in90: Float64Array;
  /** For returns σ√h as of the forecast: it stands for the trailing deviation that losses divide by. */
  readonly scale: Float64Array | null;
}

/** Rows that dependence spans, in rows of the outcomes. */
export interface Spans {
  /** Of the bootstrap and of the least shift. */
  readonly block: number;
  readonly horizon: number;
}

/** Shifts are judged on so many rows per horizon at most: neighbours say nearly the same. */
const SHIFTED_PER_HORIZON = 8;

const networkCzar = czarLoss();
/** The softening is the same for every forecast of a truth: ranks of shifts do without it. */
const plainCzar = czarLoss({ epsilon: 0 });

/** Scores a learner. */
export function scoreLearner(learner: Learner, outcomes: Outcomes, spans: Spans): LearnerScore {
  const { forecast, truth, mean, reference, in80, in90, scale } = outcomes;
  const column = (of: (y: number, p: number, i: number) => number) =>
    truth.map((y, i) => of(y, forecast[i]!, i));
  const side = (y: number, p: number, i: number) => (y - reference[i]!) * (p - reference[i]!);
  const general = [
    column((y, p) => (y - p) ** 2),
    column((y, p) => Math.abs(y - p)),
    column((y, _, i) => (y - mean[i]!) ** 2),
    column((y, _, i) => (y - reference[i]!) ** 2),
    column((y, p, i) => side(y, p, i) > 0 ? 1 : 0),
    column((y, p, i) => side(y, p, i) !== 0 ? 1 : 0),
    column((y) => y),
    column((_, p) => p),
    column((y) => y * y),
    column((_, p) => p * p),
    column((y, p) => y * p),
    in80,
    in90,
  ];
  const ofReturns = scale === null ? [] : [
    column((y, p) => Math.abs(y) * (y - p) ** 2),
    column((y) => Math.abs(y) ** 3),
    column((y, p) => Math.abs(y) * (y * p > 0 ? 1 : -1)),
    column((y) => Math.abs(y)),
    column((y, p, i) => networkCzar(y / scale[i]!, p / scale[i]!)),
    column((y, _, i) => networkCzar(y / scale[i]!, 0)),
    column((y, p, i) => zptaeLoss(y / scale[i]!, p / scale[i]!)),
    column((y, _, i) => zptaeLoss(y / scale[i]!, 0)),
  ];
  const estimates = blockBootstrap([...general, ...ofReturns], spans.block, (means) => [
    ...generalStatistics(means.slice(0, general.length)),
    ...returnStatistics(means.slice(general.length)),
  ]);
  const p = pValues(outcomes, spans);
  const measure = (index: number, pValue: number | null): Measure => ({
    ...estimates[index]!,
    pValue,
  });
  return {
    learner,
    mse: measure(0, p.squares),
    mae: measure(1, p.absolute),
    rmse: measure(2, p.squares),
    r2: measure(3, p.squares),
    mseRatio: measure(4, p.squares),
    directionalAccuracy: defined(measure(5, p.direction)),
    correlation: defined(measure(6, p.squares)),
    sdRatio: estimates[7]!.value,
    coverage80: estimates[8]!,
    coverage90: estimates[9]!,
    returns: scale && {
      wrmseImprovement: measure(10, p.weighted),
      czarImprovement: measure(11, p.signed),
      czarLoss: measure(12, p.czar),
      czarLossRatio: measure(13, p.czar),
      zptaeLoss: measure(14, p.zptae),
      zptaeLossRatio: measure(15, p.zptae),
    },
    kit: scale && kitScore(truth, forecast),
  };
}

function generalStatistics(means: readonly number[]): number[] {
  const [square, absolute, byMean, byReference, hit, sided, y, p, yy, pp, yp, in80, in90] = means;
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
    in80!,
    in90!,
  ];
}

function returnStatistics(means: readonly number[]): number[] {
  if (means.length === 0) return [];
  const [weighted, weightedZero, signed, size, czar, czarZero, zptae, zptaeZero] = means;
  return [
    1 - Math.sqrt(weighted! / weightedZero!),
    signed! / size!,
    czar!,
    czar! / czarZero!,
    zptae!,
    zptae! / zptaeZero!,
  ];
}

/**
 * Against deviations from the reference shifted in time. Squared error, its ratio, R² and correlation
 * rank shifts alike, because a shift changes nothing but the sum of products.
 */
function pValues({ forecast, truth, reference, scale }: Outcomes, { block, horizon }: Spans) {
  const step = Math.max(1, Math.floor(horizon / SHIFTED_PER_HORIZON));
  const thin = (of: (row: number) => number) =>
    Float64Array.from({ length: Math.ceil(truth.length / step) }, (_, i) => of(i * step));
  const y = thin((row) => truth[row]! - reference[row]!);
  const unit = thin((row) => scale?.[row] ?? NaN);
  const general = [
    (row: number, p: number) => y[row]! * p,
    (row: number, p: number) => -Math.abs(y[row]! - p),
    (row: number, p: number) => Math.sign(y[row]! * p),
  ];
  const ofReturns = scale === null ? [] : [
    (row: number, p: number) => -Math.abs(y[row]!) * (y[row]! - p) ** 2,
    (row: number, p: number) => y[row]! * Math.sign(p),
    (row: number, p: number) => -plainCzar(y[row]! / unit[row]!, p / unit[row]!),
    (row: number, p: number) => -zptaeLoss(y[row]! / unit[row]!, p / unit[row]!),
  ];
  const [squares, absolute, direction, weighted, signed, czar, zptae] = shiftedPValues(
    thin((row) => forecast[row]! - reference[row]!),
    Math.ceil(block / step),
    [...general, ...ofReturns],
  );
  return {
    squares: squares!,
    absolute: absolute!,
    direction: direction!,
    weighted: weighted ?? null,
    signed: signed ?? null,
    czar: czar ?? null,
    zptae: zptae ?? null,
  };
}

function defined(measure: Measure): Measure | null {
  return Number.isFinite(measure.value) ? measure : null;
}
