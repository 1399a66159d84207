import { calibrate, type Calibration } from "./calibration.ts";
import { blend, normalProbabilities, type Probabilities } from "./labels.ts";
import { DEFAULT_BARRIER, type Learner, type ModelSpec } from "./spec.ts";
import type { WalkForward } from "./walk_forward.ts";

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

/** What the learners say about one row, before any shrinkage. */
export interface RawForecasts {
  readonly ridge: number;
  readonly mean: number;
  readonly ewma: number;
  readonly persistence: number;
}

/** Replays the walk-forward for the learner of `spec`. */
export function replay(walk: WalkForward, spec: ModelSpec): Track {
  const { problem } = walk;
  const { scale, ewma, persistence } = problem;
  const rows = problem.candles.length;
  // Before the first fold stands the forecast that needs no fitting, so that the first year of
  // intervals has resolved errors to take its width from.
  const point = spec.target === "volatility" ? Float64Array.from(ewma) : new Float64Array(rows);
  const [margin80, margin90] = [new Float64Array(rows), new Float64Array(rows)];
  const cells = spec.target === "labels" ? 3 * rows : 0;
  const [normal, probabilities] = [new Float64Array(cells), new Float64Array(cells)];
  const barrier = spec.barrier ?? DEFAULT_BARRIER;

  const calibrations = walk.folds.map((fold) => {
    const now = calibrate(walk, fold, spec, { point, normal });
    for (let row = fold.from; row < fold.to; row++) {
      const raw = {
        ridge: walk.ridge[row]!,
        mean: fold.mean,
        ewma: ewma[row]!,
        persistence: persistence[row]!,
      };
      point[row] = pointForecast(spec.learner, raw, scale[row]!, now);
      margin80[row] = now.quantile80 * scale[row]!;
      margin90[row] = now.quantile90 * scale[row]!;
      if (cells > 0) {
        const byNormal = normalProbabilities(point[row]! / scale[row]!, barrier);
        normal.set(byNormal, 3 * row);
        probabilities.set(blend(byNormal, now.frequencies, now.weight), 3 * row);
      }
    }
    return now;
  });
  return { point, margin80, margin90, probabilities, calibrations };
}

/** The point forecast of one row, in the problem's units. */
export function pointForecast(
  learner: Learner,
  raw: RawForecasts,
  scale: number,
  { reference, factor }: Pick<Calibration, "reference" | "factor">,
): number {
  if (learner === "zero") return 0;
  if (learner !== "auto") return raw[learner];
  const point = reference + factor * (raw.ridge - reference);
  // Never exactly 0, not even in a market so flat that every feature and so the fit is 0.
  return point === 0 ? 1e-6 * scale : point;
}

/** The blended class probabilities of a standardised point forecast. */
export function classProbabilities(
  z: number,
  spec: ModelSpec,
  { frequencies, weight }: Pick<Calibration, "frequencies" | "weight">,
): Probabilities {
  return blend(normalProbabilities(z, spec.barrier ?? DEFAULT_BARRIER), frequencies, weight);
}
