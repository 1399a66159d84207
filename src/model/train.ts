import { type Artifact, sealArtifact, type TrackRecord } from "./artifact.ts";
import { baseCandles, learningStep, requireHistory } from "./grid.ts";
import { stateProblem } from "./problem.ts";
import { replay, type Track } from "./replay.ts";
import { endMs, type Series } from "./series.ts";
import type { ModelSpec } from "./spec.ts";
import { type WalkForward, walkForward } from "./walk_forward.ts";

/**
 * Fits the learner and calibrates it on forecasts it made, walking forward, for outcomes it could not
 * know. Throws "invalid" with what is missing when there is too little history, and "config" for a
 * specification that cannot be met.
 */
export function train(
  series: Series,
  spec: ModelSpec,
  options: { readonly onProgress?: (done: number, total: number) => void } = {},
): Artifact {
  requireHistory(series, spec);
  const candles = baseCandles(series, spec, learningStep(series, spec));
  const walk = walkForward(stateProblem(series, spec, candles), options);
  const track = replay(walk, spec);
  const { ridge, mean } = walk.folds[walk.folds.length - 1]!;
  return sealArtifact({
    spec,
    intervalMs: series.intervalMs,
    trainedFromMs: endMs(series, 0),
    trainedToMs: endMs(series, series.close.length - 1),
    ridge: {
      features: walk.problem.features,
      mean: [...ridge.mean],
      sd: [...ridge.sd],
      coefficients: [...ridge.coefficients],
      intercept: ridge.intercept,
      strength: ridge.strength === Infinity ? null : ridge.strength,
    },
    mean,
    calibration: track.calibrations[track.calibrations.length - 1]!,
    record: trackRecord(walk, track, spec),
  });
}

function trackRecord(walk: WalkForward, track: Track, spec: ModelSpec): TrackRecord {
  const { truth } = walk.problem;
  const rows = [...truth.keys()].filter((row) => row >= walk.first && !Number.isNaN(truth[row]!));
  const reference = (row: number) => spec.target === "volatility" ? walk.mean[row]! : 0;
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
    mseRatioUnshrunk: loss(walk.ridge),
    sdRatio: deviation(track.point) / deviation(truth),
    sdRatioUnshrunk: deviation(walk.ridge) / deviation(truth),
  };
}
