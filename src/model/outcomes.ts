import { blockBootstrap, type Estimate } from "./bootstrap.ts";
import { brierScore, expectedClass, type Probabilities } from "./labels.ts";
import type { Track } from "./replay.ts";
import type { Outcomes } from "./scores.ts";
import type { ModelSpec } from "./spec.ts";
import type { WalkForward } from "./walk_forward.ts";

/** Forecasts and truths of the given rows in the units in which the target is judged. */
export function outcomesOf(
  walk: WalkForward,
  track: Track,
  spec: ModelSpec,
  rows: Int32Array,
): Outcomes {
  const { truth, scale } = walk.problem;
  const of = (value: (row: number) => number) => Float64Array.from(rows, value);
  const inside = (margin: Float64Array) =>
    of((row) => Math.abs(truth[row]! - track.point[row]!) <= margin[row]! ? 1 : 0);
  const [in80, in90] = [inside(track.margin80), inside(track.margin90)];
  if (spec.target === "labels") {
    const classes = classTable(walk, track);
    const frequency = of((row) => expectedClass(classes.frequencies(row)));
    return {
      forecast: of((row) => expectedClass(classes.forecast(row))),
      truth: of(classes.truth),
      mean: frequency,
      reference: frequency,
      in80,
      in90,
      scale: null,
    };
  }
  const mean = of((row) => walk.said.mean[row]!);
  const isVolatility = spec.target === "volatility";
  return {
    forecast: of((row) => track.point[row]!),
    truth: of((row) => truth[row]!),
    mean,
    reference: isVolatility ? mean : new Float64Array(rows.length),
    in80,
    in90,
    scale: isVolatility ? null : of((row) => scale[row]!),
  };
}

/** 1 − Brier score of the probabilities over that of the class frequencies known at the time. */
export function brierSkill(
  walk: WalkForward,
  track: Track,
  rows: Int32Array,
  block: number,
): Estimate {
  const classes = classTable(walk, track);
  const brier = (probabilities: (row: number) => Probabilities) =>
    Float64Array.from(rows, (row) => brierScore(probabilities(row), classes.truth(row)));
  const columns = [brier(classes.forecast), brier(classes.frequencies)];
  return blockBootstrap(columns, block, ([model, base]) => [1 - model! / base!])[0]!;
}

function classTable({ problem, folds }: WalkForward, track: Track) {
  const { classes } = problem;
  const foldOf = new Int32Array(classes.length);
  folds.forEach((fold, i) => foldOf.fill(i, fold.from, fold.to));
  return {
    truth: (row: number) => classes[row]!,
    forecast: (row: number) =>
      [0, 1, 2].map((label) => track.probabilities[3 * row + label]!) as [number, number, number],
    frequencies: (row: number) => track.calibrations[foldOf[row]!]!.frequencies,
  };
}
