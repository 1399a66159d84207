import type { Estimate } from "./bootstrap.ts";
import { blockMs } from "./blocks.ts";
import type { Weights } from "./combination.ts";
import { type CurvePoint, gainCurve } from "./curve.ts";
import { baseCandles, isOnStep, judgingStep, learningStep, requireHistory } from "./grid.ts";
import { brierSkill, outcomesOf } from "./outcomes.ts";
import { stateProblem } from "./problem.ts";
import { type Decile, reliability } from "./reliability.ts";
import { replay, type Track } from "./replay.ts";
import { type LearnerScore, scoreLearner } from "./scores.ts";
import { endMs, type Series } from "./series.ts";
import { type Learner, learnersOf, type ModelSpec } from "./spec.ts";
import { unpurgedRatio } from "./unpurged.ts";
import { judge, type Judgement } from "./verdict.ts";
import { walkForward } from "./walk_forward.ts";
import { scoreYears, type YearScore } from "./years.ts";

/** How the learner of a specification would have done, judged only by what it could not know. */
export interface Evaluation extends Judgement {
  readonly spec: ModelSpec;
  /** Of truth, errors and forecasts. Prices are judged by the log-return that they imply. */
  readonly unit: "log-return" | "log volatility" | "class";
  /** What mseRatio and direction are against; r2 is against the expanding mean always. */
  readonly reference: "zero" | "expanding mean" | "class frequencies";
  /** Candles that the venue had, those before the first forecast included. */
  readonly candles: number;
  /** When the first and the last scored forecast were made, epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly forecasts: number;
  /** Horizons that fit into the scored span side by side: what all intervals rest on. */
  readonly independentWindows: number;
  /** The specification's own learner … */
  readonly chosen: LearnerScore;
  /** … and all that know the target, in the order of LEARNERS; "ridge" is the default unshrunk. */
  readonly learners: readonly LearnerScore[];
  /** Shrinkage as of the end; slopeError null: too few blocks to tell. */
  readonly factor: number;
  readonly slope: number;
  readonly slopeError: number | null;
  /** What the chosen learner is made of as of the end, the factor included. */
  readonly weights: Weights;
  /** Factor and weights as of each refit, oldest first. */
  readonly refits: readonly Refit[];
  /** For labels: 1 − Brier score over that of the class frequencies; otherwise null. */
  readonly brierSkill: Estimate | null;
  readonly years: readonly YearScore[];
  /** How the chosen learner's lead over the reference grew. */
  readonly curve: readonly CurvePoint[];
  /** What came of the chosen learner's lowest to highest forecasts; empty when they hardly vary. */
  readonly deciles: readonly Decile[];
  /** The ratio of squared errors that a judgement without the purge would have claimed (unpurged.ts). */
  readonly unpurgedRatio: number | null;
}

/** What the chosen learner was made of from a moment on. */
export interface Refit {
  readonly atMs: number;
  readonly factor: number;
  readonly weights: Weights;
}

export interface EvaluationOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /** Who is judged beside the chosen one; all that know the target unless told. */
  readonly learners?: readonly Learner[];
}

/**
 * Purged expanding walk-forward, refitted as walkForward does; every real candle after the first two
 * years is forecast. Shrinkage, intervals and class frequencies of each forecast come from outcomes
 * resolved before its refit, as they would for an artifact trained then. Throws as `train` does.
 */
export function evaluate(
  series: Series,
  spec: ModelSpec,
  options: EvaluationOptions = {},
): Evaluation {
  requireHistory(series, spec);
  const judging = judgingStep(series);
  const learning = learningStep(series, spec);
  const problem = stateProblem(series, spec, baseCandles(series, spec, judging));
  const { candles, truth } = problem;
  const learnFrom = (row: number) => isOnStep(series, candles[row]!, learning);
  const walk = walkForward(problem, { ...options, withTrees: true, learnFrom });
  const rows = Int32Array.from(candles.keys())
    .filter((row) => row >= walk.first && !Number.isNaN(truth[row]!));
  const spacingMs = series.intervalMs * judging;
  const block = Math.round(blockMs(spec.horizonMs) / spacingMs);
  const spans = { block, horizon: Math.round(spec.horizonMs / spacingMs) };
  const trackOf = (learner: Learner) => replay(walk, { ...spec, learner });
  const score = (learner: Learner, track: Track) =>
    scoreLearner(learner, outcomesOf(walk, track, spec, rows), spans);

  const track = trackOf(spec.learner);
  const chosen = score(spec.learner, track);
  const learners = (options.learners ?? learnersOf(spec.target))
    .map((learner) => learner === spec.learner ? chosen : score(learner, trackOf(learner)));
  const live = track.calibrations[track.calibrations.length - 1]!;
  const { factor, slope, slopeError, weights } = live;
  const outcomes = outcomesOf(walk, track, spec, rows);
  const madeMs = Array.from(rows, (row) => endMs(series, candles[row]!));
  const [fromMs, toMs] = [madeMs[0]!, madeMs[madeMs.length - 1]!];
  const reference = REFERENCES[spec.target];
  return {
    spec,
    unit: UNITS[spec.target],
    reference,
    candles: series.real.reduce((sum, real) => sum + real, 0),
    fromMs,
    toMs,
    forecasts: rows.length,
    independentWindows: Math.floor((toMs - fromMs) / spec.horizonMs) + 1,
    chosen,
    learners,
    factor,
    slope,
    slopeError,
    weights,
    refits: walk.folds.slice(0, -1).map(({ from }, i) => ({
      atMs: endMs(series, candles[from]!),
      factor: track.calibrations[i]!.factor,
      weights: track.calibrations[i]!.weights,
    })),
    brierSkill: spec.target === "labels" ? brierSkill(walk, track, rows, block) : null,
    years: scoreYears(outcomes, madeMs),
    curve: gainCurve(outcomes, madeMs),
    deciles: reliability(outcomes, block),
    unpurgedRatio: unpurgedRatio(problem, spec, live, learnFrom),
    ...judge(chosen, reference, spec.horizonMs),
  };
}

const UNITS = {
  "log-return": "log-return",
  price: "log-return",
  volatility: "log volatility",
  labels: "class",
} as const;

const REFERENCES = {
  "log-return": "zero",
  price: "zero",
  volatility: "expanding mean",
  labels: "class frequencies",
} as const;
