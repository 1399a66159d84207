import type { Class } from "./triple_barrier.ts";

/** Probabilities of the lower barrier, of neither and of the upper one; they sum to 1. */
export type Probabilities = readonly [number, number, number];

/** Tilts are cut off here: e⁴ to 1 is as sure as any forecast of a market may be. */
const MOST_TILT = 2;

/**
 * The class frequencies `base` seen with the drift of a standardised forecast `z`. By Girsanov's
 * theorem a drift makes each path to the upper barrier e^(2·z·barrier) times as likely, against its
 * mirror image to the lower one, whatever the time of the touch.
 */
export function tilted(base: Probabilities, z: number, barrier: number): Probabilities {
  const tilt = Math.max(-MOST_TILT, Math.min(MOST_TILT, z * barrier));
  const down = base[0] * Math.exp(-tilt);
  const up = base[2] * Math.exp(tilt);
  const total = down + base[1] + up;
  return [down / total, 1 - down / total - up / total, up / total];
}

/** How often each class came, with one imagined occurrence of each so that none is impossible. */
export function frequencies(classes: Iterable<Class>): Probabilities {
  const counts: [number, number, number] = [1, 1, 1];
  let total = 3;
  for (const label of classes) {
    counts[label + 1]! += 1;
    total++;
  }
  return [counts[0] / total, counts[1] / total, counts[2] / total];
}

/** `weight` of `model`, the rest of `base`. */
export function blend(model: Probabilities, base: Probabilities, weight: number): Probabilities {
  const mix = (i: 0 | 1 | 2) => base[i] + weight * (model[i] - base[i]);
  const down = mix(0);
  const up = mix(2);
  return [down, 1 - down - up, up];
}

/** The same probabilities as whole millionths that sum to a million: exact however they are written. */
export function inMillionths(probabilities: Probabilities): Probabilities {
  const parts = probabilities.map((probability) => Math.round(probability * 1e6));
  const rest = parts.reduce((sum, part) => sum + part, -1e6);
  // What rounding left over goes to the largest, where it is least.
  parts[parts.indexOf(Math.max(...parts))]! -= rest;
  return [parts[0]! / 1e6, parts[1]! / 1e6, parts[2]! / 1e6];
}

/** Probability-weighted class, −1 … 1. */
export function expectedClass([down, , up]: Probabilities): number {
  return up - down;
}

/** Brier's score: the summed squared errors of the probabilities when this class came. */
export function brierScore(probabilities: Probabilities, came: Class): number {
  return probabilities.reduce((sum, p, i) => sum + (p - (i === came + 1 ? 1 : 0)) ** 2, 0);
}

/** The lowest and highest class of the central interval that leaves `outside` / 2 on either side. */
export function classInterval(probabilities: Probabilities, outside: number): [number, number] {
  const [down, , up] = probabilities;
  const low = down >= outside / 2 ? -1 : up > 1 - outside / 2 ? 1 : 0;
  const high = up >= outside / 2 ? 1 : down > 1 - outside / 2 ? -1 : 0;
  return [low, high];
}
