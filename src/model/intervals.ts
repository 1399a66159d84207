import { quantileSorted } from "simple-statistics";
import { DAY_MS } from "./series.ts";

/** How far the share left outside moves for each day that the intervals missed always. */
const RATE_PER_DAY = 0.01;
/** Never wider than what leaves 1 % outside, never narrower than half as sure as asked for. */
const LEAST_OUTSIDE = 0.01;

/** An interval's past: what it was meant to hold and whether it did. */
export interface Record {
  /** Resolved rows, in order, and when they were forecast. */
  readonly rows: ArrayLike<number>;
  readonly madeMs: (row: number) => number;
  readonly missed: (row: number) => boolean;
}

/**
 * The level to ask of the scores so that `level` of the outcomes fall inside: adaptive conformal
 * inference (Gibbs & Candès 2021). Each miss that has been resolved widens what comes next a little,
 * each hit narrows it, in proportion to the time between forecasts, so that neighbours whose outcomes
 * overlap do not count as many.
 */
export function adaptedLevel(level: number, { rows, madeMs, missed }: Record): number {
  const target = 1 - level;
  let outside = target;
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i]!;
    const days = Math.min(1, (madeMs(row) - madeMs(rows[i - 1]!)) / DAY_MS);
    outside += RATE_PER_DAY * days * (target - (missed(row) ? 1 : 0));
    outside = Math.max(LEAST_OUTSIDE, Math.min(1 - level / 2, outside));
  }
  return 1 - outside;
}

/**
 * The score that a share `level` of exchangeable scores stays below, with the finite-sample correction
 * of split conformal prediction (Vovk et al. 2005). NaN without scores.
 */
export function conformalQuantile(sorted: Float64Array, level: number): number {
  const n = sorted.length;
  return n === 0 ? NaN : quantileSorted(Array.from(sorted), Math.min(1, level * (n + 1) / n));
}
