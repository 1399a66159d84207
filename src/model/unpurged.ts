import { seededRandom } from "./bootstrap.ts";
import type { Calibration } from "./calibration.ts";
import { bestShares, combined, type Member } from "./combination.ts";
import { fitting, said } from "./fit.ts";
import { expectedClass, tilted } from "./labels.ts";
import type { Problem } from "./problem.ts";
import { DEFAULT_BARRIER, type ModelSpec } from "./spec.ts";

const FITTED: readonly Member[] = ["ridge", "trees", "har"];

/**
 * The squared error over that of the reference which the same members would have claimed without the
 * purge: fitted to a random half of the rows that may be learnt from, weighed and judged on the other
 * half, whose labels overlap theirs and whose past the fit has partly seen. Null when no member of
 * `weights` is fitted to anything.
 */
export function unpurgedRatio(
  problem: Problem,
  spec: ModelSpec,
  { weights, frequencies }: Pick<Calibration, "weights" | "frequencies">,
  learnFrom: (row: number) => boolean,
): number | null {
  const { candles, truth, scale, classes, ewma, persistence } = problem;
  const members = (Object.keys(weights) as Member[]).filter((member) => member !== "mean");
  if (!members.some((member) => FITTED.includes(member))) return null;
  const random = seededRandom(1);
  const isLearnt = Uint8Array.from(candles, () => random() < 0.5 ? 1 : 0);
  const rows = Int32Array.from(candles.keys())
    .filter((row) => isLearnt[row] === 0 && learnFrom(row) && !Number.isNaN(truth[row]!));
  const fitOn = fitting(problem, (row) => isLearnt[row] === 1 && learnFrom(row));
  const fitted = fitOn(candles.length, members.includes("trees"));
  const reference = spec.target === "volatility" ? fitted.mean : 0;
  const words = Array.from(rows, (row): Partial<Record<Member, number>> => ({
    ...Object.fromEntries(said(fitted, problem, row)),
    ewma: ewma[row]!,
    persistence: persistence[row]!,
  }));
  const deviation = (of: (i: number, row: number) => number) =>
    Float64Array.from(rows, (row, i) => (of(i, row) - reference) / scale[row]!);
  const shares = spec.learner === "auto" || spec.learner === "ensemble"
    ? bestShares(
      members.map((member) => deviation((i) => words[i]![member]!)),
      deviation((_, row) => truth[row]!),
      Int32Array.from(rows.keys()),
    )
    : members.map(() => 1);
  const weighed = Object.fromEntries(members.map((member, i) => [member, shares[i]!]));

  const isLabels = spec.target === "labels";
  const judged = (point: number, row: number) =>
    isLabels
      ? expectedClass(tilted(frequencies, point / scale[row]!, spec.barrier ?? DEFAULT_BARRIER))
      : point;
  let [made, plain] = [0, 0];
  rows.forEach((row, i) => {
    const came = isLabels ? classes[row]! : truth[row]!;
    const point = combined(reference, weighed, (member) => words[i]![member]!);
    made += (came - judged(point, row)) ** 2;
    plain += (came - judged(reference, row)) ** 2;
  });
  return made / plain;
}
