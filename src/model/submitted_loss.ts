import type { Artifact } from "./artifact.ts";
import type { Calibration } from "./calibration.ts";
import { brierScore, type Probabilities } from "./labels.ts";
import type { Problem } from "./problem.ts";
import { classProbabilities, type Track } from "./replay.ts";
import type { ModelSpec } from "./spec.ts";
import type { WalkForward } from "./walk_forward.ts";

/**
 * The squared error of what is submitted for a row, not of the point behind it: of a return; of the
 * logarithm of a volatility after smearing; of class probabilities (their Brier score).
 */
function lossOf(
  { truth, classes, scale }: Problem,
  spec: ModelSpec,
  row: number,
  point: number,
  calibration: Calibration,
): number {
  switch (spec.target) {
    case "log-return":
    case "price":
      return (truth[row]! - point) ** 2;
    case "volatility":
      return (truth[row]! - point - Math.log(calibration.smear)) ** 2;
    case "labels":
      return brierScore(classProbabilities(point / scale[row]!, spec, calibration), classes[row]!);
  }
}

/** A loss for each row by a finished model's points; the problem must be of its own specification. */
export function lossesOf(
  { spec, calibration }: Artifact,
  problem: Problem,
  points: Float64Array,
): Float64Array {
  return points.map((point, row) => lossOf(problem, spec, row, point, calibration));
}

/** The same of the learner walking forward, and of what it has to beat; NaN before the first fold. */
export function walkedLosses(
  walk: WalkForward,
  track: Track,
  spec: ModelSpec,
): { readonly learner: Float64Array; readonly reference: Float64Array } {
  const { problem, folds, said } = walk;
  const learner = new Float64Array(problem.candles.length).fill(NaN);
  const reference = learner.slice();
  folds.forEach(({ from, to }, i) => {
    const calibration = track.calibrations[i]!;
    const { frequencies } = calibration;
    for (let row = from; row < to; row++) {
      learner[row] = lossOf(problem, spec, row, track.point[row]!, calibration);
      reference[row] = referenceLoss(problem, spec, row, said.mean[row]!, frequencies);
    }
  });
  return { learner, reference };
}

function referenceLoss(
  { truth, classes }: Problem,
  { target }: ModelSpec,
  row: number,
  mean: number,
  frequencies: Probabilities,
): number {
  if (target === "labels") return brierScore(frequencies, classes[row]!);
  return (truth[row]! - (target === "volatility" ? mean : 0)) ** 2;
}
