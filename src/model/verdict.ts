import { windowsForAccuracy, windowsForCorrelation } from "./power.ts";
import type { LearnerScore } from "./scores.ts";
import { DAY_MS } from "./series.ts";

/** Against the reference: "none" when chance explains the difference. */
export type Skill = "better" | "none" | "worse";

/** What it would take to see skill of a given size. */
export interface Need {
  /** The skill that was measured, or a small one to compare with where none was. */
  readonly of: string;
  /** Independent windows. */
  readonly windows: number;
  readonly years: number;
}

export interface Judgement {
  readonly skill: Skill;
  readonly verdict: string;
  /** Null where there is a verdict without it. */
  readonly needed: Need | null;
}

/** Most that p may be for a difference to count. */
const SIGNIFICANT = 0.05;
/** Smaller correlations than this are no different from none in any history that there will be. */
const LEAST_CORRELATION = 0.005;
/** The least share of right directions that anyone would call skill. */
const MODEST_ACCURACY = 0.52;

/**
 * Whether a learner may be believed to beat the reference, and the same in words. It may when the
 * whole 95 % interval of its error ratio lies below 1 and shifted forecasts seldom do as well.
 */
export function judge(score: LearnerScore, reference: string, horizonMs: number): Judgement {
  const { mseRatio: { value, low, high, pValue } } = score;
  const chance = pValue === null ? "" : `, p ${pValue.toFixed(3)}`;
  const numbers = `squared error ${value.toFixed(4)} of that of the ${reference} forecast, ` +
    `95 % interval ${low.toFixed(4)} to ${high.toFixed(4)}${chance}`;
  if (high < 1 && pValue !== null && pValue <= SIGNIFICANT) {
    return { skill: "better", verdict: `evidence of skill: ${numbers}`, needed: null };
  }
  if (low > 1) {
    return { skill: "worse", verdict: `worse than no model: ${numbers}`, needed: null };
  }
  return {
    skill: "none",
    verdict: `no evidence of skill: ${numbers}`,
    needed: needOf(score, horizonMs),
  };
}

function needOf({ correlation }: LearnerScore, horizonMs: number): Need {
  const isMeasured = correlation !== null && correlation.value >= LEAST_CORRELATION;
  const windows = isMeasured
    ? windowsForCorrelation(correlation.value)
    : windowsForAccuracy(MODEST_ACCURACY);
  return {
    of: isMeasured
      ? `the correlation of ${correlation.value.toFixed(3)} found here`
      : `a direction right ${100 * MODEST_ACCURACY} % of the time`,
    windows,
    years: windows * horizonMs / (365.25 * DAY_MS),
  };
}
