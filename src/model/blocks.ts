import { DAY_MS, HOUR_MS } from "./series.ts";

/**
 * Length of the blocks within which overlapping forecasts count as dependent: 28 days for a week
 * ahead, 14 for a day, 7 for 8 hours, 3 below; four horizons where that is longer.
 */
export function blockMs(horizonMs: number): number {
  const hours = horizonMs / HOUR_MS;
  const days = hours >= 168 ? 28 : hours >= 24 ? 14 : hours >= 8 ? 7 : 3;
  return Math.max(days * DAY_MS, 4 * horizonMs);
}
