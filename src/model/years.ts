import { mean, sampleCorrelation } from "simple-statistics";
import type { Outcomes } from "./scores.ts";

/** One calendar year (UTC, by the time of the forecast) of the chosen learner. */
export interface YearScore {
  readonly year: number;
  readonly forecasts: number;
  readonly mseRatio: number;
  readonly directionalAccuracy: number | null;
  readonly correlation: number | null;
  readonly coverage80: number;
  readonly coverage90: number;
}

/** Splits the outcomes by year; `madeMs` has one value per row. */
export function scoreYears(
  { forecast, truth, reference, in80, in90 }: Outcomes,
  madeMs: readonly number[],
): YearScore[] {
  const years = Map.groupBy(madeMs.keys(), (row) => new Date(madeMs[row]!).getUTCFullYear());
  return [...years].map(([year, rows]) => {
    const of = (column: ArrayLike<number>) => rows.map((row) => column[row]!);
    const squares = (column: Float64Array) =>
      rows.reduce((sum, row) => sum + (truth[row]! - column[row]!) ** 2, 0);
    const sides = rows
      .map((row) => (truth[row]! - reference[row]!) * (forecast[row]! - reference[row]!))
      .filter((side) => side !== 0);
    const correlation = rows.length > 2 ? sampleCorrelation(of(forecast), of(truth)) : NaN;
    return {
      year,
      forecasts: rows.length,
      mseRatio: squares(forecast) / squares(reference),
      directionalAccuracy: sides.length > 0
        ? sides.filter((side) => side > 0).length / sides.length
        : null,
      correlation: Number.isFinite(correlation) ? correlation : null,
      coverage80: mean(of(in80)),
      coverage90: mean(of(in90)),
    };
  });
}
