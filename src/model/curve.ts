import type { Outcomes } from "./scores.ts";

/** How far ahead of the reference a learner was at a moment. */
export interface CurvePoint {
  readonly atMs: number;
  /** Squared error saved so far, as a share of all that the reference makes in the end. */
  readonly gain: number;
}

const POINTS = 150;

/** The lead over the reference, cumulated: flat where they tie, down where the learner does harm. */
export function gainCurve(
  { forecast, truth, reference }: Outcomes,
  madeMs: readonly number[],
): CurvePoint[] {
  const rows = truth.length;
  let whole = 0;
  for (let row = 0; row < rows; row++) whole += (truth[row]! - reference[row]!) ** 2;
  const points: CurvePoint[] = [];
  let saved = 0;
  for (let row = 0; row < rows; row++) {
    saved += (truth[row]! - reference[row]!) ** 2 - (truth[row]! - forecast[row]!) ** 2;
    const isLastOfPoint = Math.floor((row + 1) * POINTS / rows) > points.length;
    if (isLastOfPoint) points.push({ atMs: madeMs[row]!, gain: saved / whole });
  }
  return points;
}
