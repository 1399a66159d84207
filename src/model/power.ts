/** Normal quantiles of a one-sided 5 % test, of 80 % power, and of a two-sided 5 % test. */
const [ONE_SIDED, POWER, TWO_SIDED] = [1.644854, 0.841621, 1.959964];

/**
 * Independent outcomes it takes to tell a share `accuracy` of right directions from a coin, one-sided
 * at 5 % with 80 % power: ((z₀.₉₅/2 + z₀.₈·√(p(1 − p))) / (p − ½))².
 */
export function windowsForAccuracy(accuracy: number): number {
  const spread = ONE_SIDED / 2 + POWER * Math.sqrt(accuracy * (1 - accuracy));
  return Math.ceil((spread / (accuracy - 0.5)) ** 2);
}

/** Independent outcomes it takes until the 95 % interval of a correlation `r` excludes 0: (1.96 / r)². */
export function windowsForCorrelation(r: number): number {
  return Math.ceil((TWO_SIDED / r) ** 2);
}
