import { probit } from "simple-statistics";
import { seededRandom } from "./bootstrap.ts";

/** Of models whose errors have not changed, at most so many in a hundred are called drifting within a month. */
export const FALSE_ALARMS_PERCENT = 5;

/** Fewer losses on either side of a change say nothing. */
const LEAST = 10;
/** Older ones are of another market. */
const MOST = 1000;
/** Each of a month's daily looks may be wrong so often; looks overlap, so that together they stay below. */
const P_PER_LOOK = 0.002;
const SHUFFLES = 1999;

/**
 * Since when losses have been higher than before: the index from `since` on, or undefined when chance
 * explains it. The statistic is Page's (1954): of all changes the one after which the sum lies highest
 * above the mean, here for ranks as normal scores, so that no single loss decides however heavy the tails. It is compared
 * with the same of the losses shuffled in blocks (Politis & Romano's rows, without replacement), so
 * that their own distribution and their short dependence set the threshold, not an assumed one.
 *
 * Losses must be of forecasts that do not overlap, oldest first. A standard deviation of errors that has
 * doubled is heard within 60 losses four times in five.
 */
export function driftFrom(losses: readonly number[], since: number): number | undefined {
  const skipped = Math.max(0, losses.length - MOST);
  const scores = normalScores(losses.slice(skipped));
  const from = Math.max(LEAST, since - skipped);
  const found = highest(scores, from);
  if (found === undefined || !(found.height > 0)) return undefined;
  const block = Math.max(1, Math.round(Math.cbrt(scores.length)));
  const random = seededRandom(scores.length);
  let asHigh = 1;
  for (let k = 0; k < SHUFFLES; k++) {
    const { height } = highest(shuffled(scores, block, random), from)!;
    if (height >= found.height) asHigh++;
    if (asHigh > P_PER_LOOK * (SHUFFLES + 1)) return undefined;
  }
  return skipped + found.at;
}

/** The change with the highest standardised sum after it; undefined with too few values on either side. */
function highest(
  values: Float64Array,
  from: number,
): { readonly at: number; readonly height: number } | undefined {
  const count = values.length;
  let best: { at: number; height: number } | undefined;
  let sum = 0;
  for (let at = count - 1; at >= from; at--) {
    sum += values[at]!;
    if (count - at < LEAST) continue;
    const height = sum / Math.sqrt(at * (count - at));
    if (best === undefined || height > best.height) best = { at, height };
  }
  return best;
}

/** What a normal sample of the same ranks would be (van der Waerden 1952); equal values share theirs. */
function normalScores(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const scores = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let end = i;
    while (end < order.length && values[order[end]!] === values[order[i]!]) end++;
    const score = probit((i + end + 1) / 2 / (order.length + 1));
    for (let k = i; k < end; k++) scores[order[k]!] = score;
    i = end;
  }
  return scores;
}

/** Blocks of the values, wrapping at the end, in another order. */
function shuffled(values: Float64Array, block: number, random: () => number): Float64Array {
  const count = values.length;
  const offset = Math.floor(random() * count);
  const starts = Array.from({ length: Math.ceil(count / block) }, (_, i) => i * block);
  for (let i = starts.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [starts[i], starts[other]] = [starts[other]!, starts[i]!];
  }
  const result = new Float64Array(count);
  let at = 0;
  for (const start of starts) {
    for (let i = start; i < Math.min(start + block, count); i++) {
      result[at++] = values[(i + offset) % count]!;
    }
  }
  return result;
}
