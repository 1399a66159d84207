/** How far a forecast's deviations from its reference may be believed. */
export interface Shrinkage {
  /** What the deviations are multiplied by, in [0.05, 1]. */
  readonly factor: number;
  /** Slope of outcomes on forecasts: 1 would mean that the forecasts were just right. */
  readonly slope: number;
  /** Standard error of the slope, robust to dependence within blocks; null: too few blocks to tell. */
  readonly slopeError: number | null;
}

/** Never 0: a forecast of exactly zero has no direction and says nothing the crowd does not. */
export const LEAST_FACTOR = 0.05;

/** With fewer blocks a standard error means nothing, and the prior stands. */
export const LEAST_BLOCKS = 8;

/** Two-sided 90 %, one-sided 95 %. */
const CONFIDENCE = 1.645;

/**
 * The factor from out-of-sample forecasts whose outcome is known: of all slopes that the outcomes do
 * not rule out (90 % interval through the origin) the one nearest to `prior`. Scaling by f lowers the
 * squared error whenever the true slope exceeds f / 2; with a prior of almost 0 the factor is the
 * slope's lower bound, which is harmless even if the true slope is half of that. The standard error
 * sums the score within each block (cluster-robust, Liang & Zeger 1986); `block[i]` never decreases.
 */
export function shrinkage(
  forecast: ArrayLike<number>,
  outcome: ArrayLike<number>,
  block: ArrayLike<number>,
  prior: number,
): Shrinkage {
  const n = forecast.length;
  let power = 0;
  let product = 0;
  for (let i = 0; i < n; i++) {
    power += forecast[i]! ** 2;
    product += forecast[i]! * outcome[i]!;
  }
  if (!(power > 0)) return { factor: prior, slope: 0, slopeError: null };
  const slope = product / power;
  let blocks = 0;
  let scores = 0;
  for (let i = 0; i < n;) {
    const id = block[i];
    let score = 0;
    for (; i < n && block[i] === id; i++) {
      score += forecast[i]! * (outcome[i]! - slope * forecast[i]!);
    }
    scores += score * score;
    blocks++;
  }
  if (blocks < LEAST_BLOCKS) return { factor: prior, slope, slopeError: null };
  const slopeError = Math.sqrt(scores * blocks / (blocks - 1)) / power;
  const reach = CONFIDENCE * slopeError;
  const nearest = Math.max(slope - reach, Math.min(slope + reach, prior));
  return { factor: Math.max(LEAST_FACTOR, Math.min(1, nearest)), slope, slopeError };
}

/**
 * Whether a mean advantage is above 0 beyond chance: the lower end of its 90 % interval, robust to
 * dependence within blocks as above. False with too few blocks to tell.
 */
export function excludesHarm(advantage: Float64Array, block: ArrayLike<number>): boolean {
  const constant = advantage.map(() => 1);
  const { slope, slopeError } = shrinkage(constant, advantage, block, LEAST_FACTOR);
  return slopeError !== null && slope > CONFIDENCE * slopeError;
}
