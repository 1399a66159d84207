/** Learners that speak of their own; a forecast is a combination of what some of them say. */
export const MEMBERS = ["ridge", "trees", "har", "mean", "ewma", "persistence"] as const;
export type Member = (typeof MEMBERS)[number];

/** What each member counts for; one that is left out counts for nothing. */
export type Weights = Readonly<Partial<Record<Member, number>>>;

/** What the members said, a column for each. */
export type Said = Readonly<Partial<Record<Member, Float64Array>>>;

/** The reference, moved towards what each member says by its weight. */
export function combined(
  reference: number,
  weights: Weights,
  said: (member: Member) => number,
): number {
  let point = reference;
  for (const member of MEMBERS) {
    const weight = weights[member];
    if (weight !== undefined) point += weight * (said(member) - reference);
  }
  return point;
}

/** Rounds of exchange between all pairs; a handful of members is done long before. */
const ROUNDS = 500;

/**
 * The shares of a whole that bring Σ share·member nearest to the outcome in squares (Bates & Granger
 * 1969), none negative. What is left of 1 is the share of the reference, which says 0 here.
 *
 * @param members what each said, as deviations from the reference
 * @param rows the rows that count
 */
export function bestShares(
  members: readonly Float64Array[],
  outcome: Float64Array,
  rows: ArrayLike<number>,
): number[] {
  // The reference is one more member, of zeros, so that all shares sum to exactly 1.
  const count = members.length + 1;
  const product = Array.from({ length: count }, () => new Float64Array(count));
  const towards = new Float64Array(count);
  for (let i = 0; i < members.length; i++) {
    for (let j = i; j < members.length; j++) {
      product[i]![j] = product[j]![i] = inner(members[i]!, members[j]!, rows);
    }
    towards[i] = inner(members[i]!, outcome, rows);
  }
  const share = new Float64Array(count).fill(1 / count);
  const slope = (i: number) =>
    product[i]!.reduce((sum, value, j) => sum + value * share[j]!, 0) - towards[i]!;
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count; j++) {
        const curvature = product[i]![i]! + product[j]![j]! - 2 * product[i]![j]!;
        if (!(curvature > 0)) continue;
        // The step along which i gains what j gives, exactly to the least loss or an empty share.
        const step = (slope(j) - slope(i)) / curvature;
        const taken = Math.max(-share[i]!, Math.min(share[j]!, step));
        share[i]! += taken;
        share[j]! -= taken;
      }
    }
  }
  return Array.from(share.subarray(0, members.length), (value) => value < 1e-9 ? 0 : value);
}

function inner(a: Float64Array, b: Float64Array, rows: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += a[rows[i]!]! * b[rows[i]!]!;
  return sum;
}
