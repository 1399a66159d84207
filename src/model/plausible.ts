import { DAY_MS } from "./series.ts";

/**
 * The largest log-return worth submitting: three times the market's own volatility over the horizon,
 * and never more than 0.35 for 7 days, scaled by the root of the horizon.
 */
export function plausibleReturn(sigmaOverHorizon: number, horizonMs: number): number {
  return Math.min(3 * sigmaOverHorizon, 0.35 * Math.sqrt(horizonMs / (7 * DAY_MS)));
}
