import { type Artifact, sealArtifact, type TrackRecord } from "./artifact.ts";
import { portable } from "./fit.ts";
import { baseCandles, learningStep, requireHistory } from "./grid.ts";
import { stateProblem } from "./problem.ts";
import { replayStepwise, type Track } from "./replay.ts";
import { endMs, type Series } from "./series.ts";
import type { Learner, ModelSpec } from "./spec.ts";
import { walkedLosses } from "./submitted_loss.ts";
import { compare, type Comparison, finishedLosses } from "./compare.ts";
import { finish, foldByFold, type Progress, type WalkForward } from "./walk_forward.ts";

export interface Trained {
  readonly artifact: Artifact;
  /** Null without an incumbent of the same specification and features. */
  readonly comparison: Comparison | null;
  /** Against the forecast that needs no model (zero, the mean, the frequencies), on the whole walk-forward. */
  readonly record: Comparison;
}

/**
 * Fits the learner and calibrates it on forecasts it made, walking forward, for outcomes it could not
 * know. Throws "invalid" with what is missing when there is too little history, and "config" for a
 * specification that cannot be met.
 */
export function train(
  series: Series,
  spec: ModelSpec,
  { onProgress }: { readonly onProgress?: (done: number, total: number) => void } = {},
): Artifact {
  return finish(trainStepwise(series, spec), onProgress).artifact;
}

/**
 * The same, stopping after each fold and each step that follows. With an incumbent both are judged on every forecast from the moment
 * to which the incumbent was trained: by the incumbent as it is, and by the learner walking forward, each
 * of whose folds knows nothing of what it forecasts.
 */
export function* trainStepwise(
  series: Series,
  spec: ModelSpec,
  incumbent?: Artifact,
): Generator<Progress, Trained> {
  requireHistory(series, spec);
  const candles = baseCandles(series, spec, learningStep(series, spec));
  const problem = stateProblem(series, spec, candles);
  const walk = yield* foldByFold(problem, { withTrees: WITH_TREES.has(spec.learner) });
  const track = yield* replayStepwise(walk, spec);
  const { fitted } = walk.folds[walk.folds.length - 1]!;
  const calibration = track.calibrations[track.calibrations.length - 1]!;
  const artifact = sealArtifact({
    spec,
    intervalMs: series.intervalMs,
    trainedFromMs: endMs(series, 0),
    trainedToMs: endMs(series, series.close.length - 1),
    features: problem.features,
    fitted: portable(fitted, calibration.weights),
    calibration,
    record: trackRecord(walk, track, spec),
  });
  const isComparable = incumbent !== undefined &&
    incumbent.features.join() === problem.features.join();
  const losses = walkedLosses(walk, track, spec);
  const firstMs = endMs(series, candles[walk.first] ?? Infinity);
  const against = (other: Float64Array, sinceMs: number) =>
    compare(
      problem,
      { challenger: losses.learner, incumbent: other },
      Math.max(sinceMs, firstMs),
      (candle) => endMs(series, candle),
    );
  return {
    artifact,
    comparison: isComparable
      ? against(finishedLosses(incumbent, problem), incumbent.trainedToMs)
      : null,
    record: against(losses.reference, firstMs),
  };
}

const WITH_TREES: ReadonlySet<Learner> = new Set(["auto", "ensemble", "trees"]);

function trackRecord(walk: WalkForward, track: Track, spec: ModelSpec): TrackRecord {
  const { truth } = walk.problem;
  const rows = [...truth.keys()].filter((row) => row >= walk.first && !Number.isNaN(truth[row]!));
  const reference = (row: number) => spec.target === "volatility" ? walk.said.mean[row]! : 0;
  const squares = (of: (row: number) => number) =>
    rows.reduce((sum, row) => sum + of(row) ** 2, 0) / rows.length;
  const deviation = (values: Float64Array) => {
    const average = rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
    return Math.sqrt(squares((row) => values[row]! - average));
  };
  const loss = (values: Float64Array) =>
    squares((row) => truth[row]! - values[row]!) / squares((row) => truth[row]! - reference(row));
  return {
    forecasts: rows.length,
    mseRatio: loss(track.point),
    mseRatioUnshrunk: loss(walk.said.ridge),
    sdRatio: deviation(track.point) / deviation(truth),
    sdRatioUnshrunk: deviation(walk.said.ridge) / deviation(truth),
  };
}
