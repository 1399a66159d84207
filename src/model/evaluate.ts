import { mean } from "simple-statistics";
import type { Estimate } from "./bootstrap.ts";
import { blockMs } from "./calibration.ts";
import { baseCandles, isOnStep, judgingStep, learningStep, requireHistory } from "./grid.ts";
import { brierSkill, outcomesOf } from "./outcomes.ts";
import { stateProblem } from "./problem.ts";
import { replay, type Track } from "./replay.ts";
import { type LearnerScore, scoreLearner } from "./scores.ts";
import { endMs, type Series } from "./series.ts";
import { type Learner, LEARNERS, type ModelSpec } from "./spec.ts";
import { judge, type Skill } from "./verdict.ts";
import { walkForward } from "./walk_forward.ts";
import { scoreYears, type YearScore } from "./years.ts";

/** How the learner of a specification would have done, judged only by what it could not know. */
export interface Evaluation {
  readonly spec: ModelSpec;
  /** Of truth, errors and forecasts. Prices are judged by the log-return that they imply. */
  readonly unit: "log-return" | "log volatility" | "class";
  /** What mseRatio and direction are against; r2 is against the expanding mean always. */
  readonly reference: "zero" | "expanding mean" | "class frequencies";
  /** When the first and the last scored forecast were made, epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly forecasts: number;
  /** Horizons that fit into the scored span side by side: what all intervals rest on. */
  readonly independentWindows: number;
  /** The specification's own learner … */
  readonly chosen: LearnerScore;
  /** … and all of them, in the order of LEARNERS; "ridge" is the default unshrunk. */
  readonly learners: readonly LearnerScore[];
  /** Shrinkage as of the end; slopeError null: too few blocks to tell. */
  readonly factor: number;
  readonly slope: number;
  readonly slopeError: number | null;
  /** Share of truths inside the intervals (for labels: of the return behind the class). */
  readonly coverage80: number;
  readonly coverage90: number;
  /** For labels: 1 − Brier score over that of the class frequencies; otherwise null. */
  readonly brierSkill: Estimate | null;
  readonly years: readonly YearScore[];
  readonly skill: Skill;
  readonly verdict: string;
}

/**
 * Purged expanding walk-forward with a refit every 30 days; every real candle after the first two
 * years is forecast. Shrinkage, intervals and class frequencies of each forecast come from outcomes
 * resolved before its refit, as they would for an artifact trained then. Throws as `train` does.
 */
export function evaluate(
  series: Series,
  spec: ModelSpec,
  options: { readonly onProgress?: (done: number, total: number) => void } = {},
): Evaluation {
  requireHistory(series, spec);
  const judging = judgingStep(series);
  const learning = learningStep(series, spec);
  const problem = stateProblem(series, spec, baseCandles(series, spec, judging));
  const { candles, truth } = problem;
  const walk = walkForward(problem, {
    ...options,
    learnFrom: (row) => isOnStep(series, candles[row]!, learning),
  });
  const rows = Int32Array.from(candles.keys())
    .filter((row) => row >= walk.first && !Number.isNaN(truth[row]!));
  const block = Math.round(blockMs(spec.horizonMs) / (series.intervalMs * judging));
  const trackOf = (learner: Learner) => replay(walk, { ...spec, learner });
  const score = (learner: Learner, track: Track) =>
    scoreLearner(learner, outcomesOf(walk, track, spec, rows), block);

  const track = trackOf(spec.learner);
  const chosen = score(spec.learner, track);
  const learners = LEARNERS
    .filter((learner) => spec.target !== "volatility" || learner !== "zero")
    .map((learner) => learner === spec.learner ? chosen : score(learner, trackOf(learner)));
  const { factor, slope, slopeError } = track.calibrations[track.calibrations.length - 1]!;
  const inside = (margin: Float64Array) =>
    Array.from(rows, (row) => Math.abs(truth[row]! - track.point[row]!) <= margin[row]! ? 1 : 0);
  const [in80, in90] = [inside(track.margin80), inside(track.margin90)];
  const madeMs = Array.from(rows, (row) => endMs(series, candles[row]!));
  const reference = REFERENCES[spec.target];
  return {
    spec,
    unit: UNITS[spec.target],
    reference,
    fromMs: madeMs[0]!,
    toMs: madeMs[madeMs.length - 1]!,
    forecasts: rows.length,
    independentWindows: Math.floor((madeMs[madeMs.length - 1]! - madeMs[0]!) / spec.horizonMs) + 1,
    chosen,
    learners,
    factor,
    slope,
    slopeError,
    coverage80: mean(in80),
    coverage90: mean(in90),
    brierSkill: spec.target === "labels" ? brierSkill(walk, track, spec, rows, block) : null,
    years: scoreYears(outcomesOf(walk, track, spec, rows), madeMs, in80, in90),
    ...judge(chosen, reference),
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
