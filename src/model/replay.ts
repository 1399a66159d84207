import { calibrate, type Calibration } from "./calibration.ts";
import { combined, type Member } from "./combination.ts";
import { blend, type Probabilities, tilted } from "./labels.ts";
import { DEFAULT_BARRIER, type ModelSpec } from "./spec.ts";
import { finish, type Progress, type WalkForward } from "./walk_forward.ts";
import { weighFolds } from "./weighing.ts";

/** What a learner would have said, fold by fold, calibrated with what each fold's start knew. */
export interface Track {
  /** In the problem's units; meaningless before the first fold. */
  readonly point: Float64Array;
  /** Half-widths of the intervals in the same units. */
  readonly margin80: Float64Array;
  readonly margin90: Float64Array;
  /** Rows × 3, for labels. */
  readonly probabilities: Float64Array;
  /** One per fold; the last is as of the end of the series, for the next forecast. */
  readonly calibrations: readonly Calibration[];
}

/** Replays the walk-forward for the learner of `spec`. */
export function replay(walk: WalkForward, spec: ModelSpec): Track {
  return finish(replayStepwise(walk, spec));
}

/** The same, stopping after each fold. */
export function* replayStepwise(walk: WalkForward, spec: ModelSpec): Generator<Progress, Track> {
  const { scale, ewma, candles } = walk.problem;
  const rows = candles.length;
  // Before the first fold stands the forecast that needs no fitting, so that the first year of
  // intervals has resolved errors to take its width from.
  const point = spec.target === "volatility" ? Float64Array.from(ewma) : new Float64Array(rows);
  const [margin80, margin90] = [new Float64Array(rows), new Float64Array(rows)];
  const cells = spec.target === "labels" ? 3 * rows : 0;
  const [unblended, probabilities] = [new Float64Array(cells), new Float64Array(cells)];
  const made = { point, margin80, margin90, tilted: unblended };
  const calibrations: Calibration[] = [];
  const total = walk.folds.length;

  for (const weighing of weighFolds(walk, spec)) {
    const fold = walk.folds[calibrations.length]!;
    const now = calibrate(walk, fold, spec, weighing, made);
    for (let row = fold.from; row < fold.to; row++) {
      point[row] = pointForecast(spec, (member) => walk.said[member]![row]!, scale[row]!, now);
      margin80[row] = now.quantile80 * scale[row]!;
      margin90[row] = now.quantile90 * scale[row]!;
      if (cells > 0) {
        const z = point[row]! / scale[row]!;
        unblended.set(tilted(now.frequencies, z, spec.barrier ?? DEFAULT_BARRIER), 3 * row);
        probabilities.set(classProbabilities(z, spec, now), 3 * row);
      }
    }
    calibrations.push(now);
    yield { done: total, total };
  }
  return { point, margin80, margin90, probabilities, calibrations };
}

/** The point forecast of one row, in the problem's units. */
export function pointForecast(
  { learner }: ModelSpec,
  said: (member: Member) => number,
  scale: number,
  { reference, weights }: Pick<Calibration, "reference" | "weights">,
): number {
  const point = combined(reference, weights, said);
  // Never exactly 0, not even in a market so flat that every feature and so the fit is 0.
  const isShrunk = learner === "auto" || learner === "ensemble";
  return point === 0 && isShrunk ? 1e-6 * scale : point;
}

/** The blended class probabilities of a standardised point forecast. */
export function classProbabilities(
  z: number,
  spec: ModelSpec,
  { frequencies, weight }: Pick<Calibration, "frequencies" | "weight">,
): Probabilities {
  const barrier = spec.barrier ?? DEFAULT_BARRIER;
  return blend(tilted(frequencies, z, barrier), frequencies, weight);
}
