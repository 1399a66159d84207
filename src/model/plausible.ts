import { DAY_MS } from "./series.ts";

/**
 * The largest log-return worth submitting: three times the market's own volatility over the horizon,
 * and never more than 0.35 for 7 days, scaled by the root of the horizon.
 */
export function plausibleReturn(sigmaOverHorizon: number, horizonMs: number): number {
  return Math.min(3 * sigmaOverHorizon, 0.35 * Math.sqrt(horizonMs / (7 * DAY_MS)));
}

/** A volatility over the horizon further than this factor from the market's own is in another unit. */
const MOST_APART = 10;

/** The least and the largest volatility over the horizon worth submitting, log-return units. */
export function plausibleVolatility(sigmaOverHorizon: number): readonly [number, number] {
  return [sigmaOverHorizon / MOST_APART, sigmaOverHorizon * MOST_APART];
}
