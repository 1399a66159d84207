import { errorFunction } from "simple-statistics";

/** Probabilities below, between and above the barriers; they sum to 1. */
export type Probabilities = readonly [number, number, number];

/**
 * The class of a standardised return at the end of the horizon: −1 below −barrier, 1 above barrier,
 * 0 between. This is the end-of-horizon version of triple-barrier labels (López de Prado 2018): what
 * counts is where the price ends, not which barrier it touches first on the way.
 */
export function classOf(z: number, barrier: number): -1 | 0 | 1 {
  return z < -barrier ? -1 : z > barrier ? 1 : 0;
}

/** Class probabilities when the standardised return is normal around `z` with deviation 1. */
export function normalProbabilities(z: number, barrier: number): Probabilities {
  const below = (limit: number) => (1 + errorFunction(limit / Math.SQRT2)) / 2;
  const down = below(-barrier - z);
  const up = below(z - barrier);
  return [down, 1 - down - up, up];
}

/** How often each class came, with one imagined occurrence of each so that none is impossible. */
export function frequencies(classes: Iterable<-1 | 0 | 1>): Probabilities {
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

/** Probability-weighted class, −1 … 1. */
export function expectedClass([down, , up]: Probabilities): number {
  return up - down;
}

/** The lowest and highest class of the central interval that leaves `outside` / 2 on either side. */
export function classInterval(probabilities: Probabilities, outside: number): [number, number] {
  const [down, , up] = probabilities;
  const low = down >= outside / 2 ? -1 : up > 1 - outside / 2 ? 1 : 0;
  const high = up >= outside / 2 ? 1 : down > 1 - outside / 2 ? -1 : 0;
  return [low, high];
}
