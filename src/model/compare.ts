import type { Artifact } from "./artifact.ts";
import { blockBootstrap, type Estimate } from "./bootstrap.ts";
import type { Member } from "./combination.ts";
import { said } from "./fit.ts";
import { baseCandles, learningStep } from "./grid.ts";
import { type Problem, stateProblem } from "./problem.ts";
import { pointForecast } from "./replay.ts";
import { DAY_MS, type Series } from "./series.ts";
import { LEAST_BLOCKS } from "./shrinkage.ts";
import { lossesOf } from "./submitted_loss.ts";

/** Two models judged on forecasts whose outcome neither could know. */
export interface Comparison {
  readonly forecasts: number;
  /** Stretches of two horizons (a day at least) that they span: what the interval rests on. */
  readonly stretches: number;
  /** Ends of the first and the last base candle, epoch milliseconds; null when there is none. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** The challenger's squared error (for labels: Brier score) over the incumbent's; null with fewer than LEAST_BLOCKS stretches. */
  readonly ratio: Estimate | null;
}

/**
 * How much larger the challenger's squared error may be, at the upper end of the 95 % interval, before
 * that counts as harm: what the default model may lose against no forecast at all (modelling 7.2).
 * Refits of a shrunk forecast differ by far less; 2 % more error is worth no epoch's place.
 */
export const MOST_HARM = 0.02;

/** Whether the comparison excludes that the challenger does harm. */
export function isHarmless({ ratio }: Comparison): boolean {
  return ratio !== null && ratio.high <= 1 + MOST_HARM;
}

/** Whether it shows that the challenger is the better one, beyond chance. */
export function isBetter({ ratio }: Comparison): boolean {
  return ratio !== null && ratio.high < 1;
}

/** Whether it shows that the challenger does harm: worse beyond chance, and perhaps by too much. */
export function isHarmful(comparison: Comparison): boolean {
  const { ratio } = comparison;
  return ratio !== null && ratio.low > 1 && !isHarmless(comparison);
}

/**
 * Compares losses of the rows with a known outcome whose base candle ended at `sinceMs` or later. The
 * intervals are of a paired block bootstrap: errors of overlapping horizons
 * depend on each other for one horizon, so that blocks are two.
 */
export function compare(
  problem: Problem,
  { challenger, incumbent }: { readonly [Who in "challenger" | "incumbent"]: Float64Array },
  sinceMs: number,
  endMsOf: (candle: number) => number,
): Comparison {
  const { candles, truth, horizon, intervalMs } = problem;
  const rows = Int32Array.from(candles.keys())
    .filter((row) => endMsOf(candles[row]!) >= sinceMs && !Number.isNaN(truth[row]!));
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) {
    return { forecasts: 0, stretches: 0, fromMs: null, toMs: null, ratio: null };
  }
  const [fromMs, toMs] = [endMsOf(candles[first]!), endMsOf(candles[last]!)];
  const stretchMs = Math.max(2 * horizon * intervalMs, DAY_MS);
  const stretches = Math.floor((toMs - fromMs) / stretchMs);
  const block = Math.max(
    1,
    Math.round(rows.length * stretchMs / Math.max(stretchMs, toMs - fromMs)),
  );
  const columns = [challenger, incumbent].map((losses) =>
    Float64Array.from(rows, (row) => losses[row]!)
  );
  const [ratio] = stretches < LEAST_BLOCKS
    ? []
    : blockBootstrap(columns, block, ([ours, theirs]) => [ours! / theirs!]);
  const isNumber = ratio !== undefined && Number.isFinite(ratio.value + ratio.low + ratio.high);
  return { forecasts: rows.length, stretches, fromMs, toMs, ratio: isNumber ? ratio : null };
}

/** What a finished model says of every row; the problem must be of its own specification. */
function pointsOf({ spec, fitted, calibration }: Artifact, problem: Problem): Float64Array {
  const { ewma, persistence, scale } = problem;
  return Float64Array.from(problem.candles.keys(), (row) => {
    const words: Partial<Record<Member, number>> = {
      ...Object.fromEntries(said(fitted, problem, row)),
      ewma: ewma[row]!,
      persistence: persistence[row]!,
    };
    return pointForecast(spec, (member) => words[member]!, scale[row]!, calibration);
  });
}

/** What every row costs a finished model; the problem must be of its own specification. */
export function finishedLosses(artifact: Artifact, problem: Problem): Float64Array {
  return lossesOf(artifact, problem, pointsOf(artifact, problem));
}

/** Compares two finished models of one target and horizon on what came after both were trained. */
export function compareFinished(
  series: Series,
  challenger: Artifact,
  incumbent: Artifact,
): Comparison {
  const { spec } = challenger;
  const problem = stateProblem(series, spec, baseCandles(series, spec, learningStep(series, spec)));
  return compare(
    problem,
    {
      challenger: finishedLosses(challenger, problem),
      incumbent: finishedLosses(incumbent, problem),
    },
    Math.max(challenger.trainedToMs, incumbent.trainedToMs),
    (candle) => series.startMs + (candle + 1) * series.intervalMs,
  );
}
