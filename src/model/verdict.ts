import type { LearnerScore } from "./scores.ts";

/** Against the reference: "none" when chance explains the difference. */
export type Skill = "better" | "none" | "worse";

/** Most that p may be for a difference to count. */
const SIGNIFICANT = 0.05;

/**
 * Whether a learner may be believed to beat the reference, and the same in words. It may when the
 * whole 95 % interval of its error ratio lies below 1 and shifted forecasts seldom do as well.
 */
export function judge(score: LearnerScore, reference: string): { skill: Skill; verdict: string } {
  const { mseRatio: { value, low, high }, pValue } = score;
  const chance = pValue === null ? "" : `, p ${pValue.toFixed(3)}`;
  const numbers = `squared error ${value.toFixed(4)} of that of the ${reference} forecast, 95 % ` +
    `interval ${low.toFixed(4)} to ${high.toFixed(4)}${chance}`;
  if (high < 1 && pValue !== null && pValue <= SIGNIFICANT) {
    return { skill: "better", verdict: `evidence of skill: ${numbers}` };
  }
  if (low > 1) return { skill: "worse", verdict: `worse than no model: ${numbers}` };
  return { skill: "none", verdict: `no evidence of skill: ${numbers}` };
}
