import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { fitting, said } from "../../src/model/fit.ts";
import { type Problem, stateProblem } from "../../src/model/problem.ts";
import type { Series } from "../../src/model/series.ts";
import type { ModelSpec, TargetKind } from "../../src/model/spec.ts";
import { train } from "../../src/model/train.ts";
import { walkForward } from "../../src/model/walk_forward.ts";
import { HOUR_MS, madeUpCandles } from "./synthetic.ts";

const specOf = (target: TargetKind, hours: number): ModelSpec => ({
  target,
  horizonMs: hours * HOUR_MS,
  learner: "auto",
});
const problemOf = (series: Series, spec: ModelSpec) =>
  stateProblem(
    series,
    spec,
    Int32Array.from({ length: series.close.length - 720 }, (_, i) => 720 + i),
  );

/** The same candles to `last`, and those after it in another order. */
function withShuffledFuture(series: Series, last: number): Series {
  const random = seededRandom(99);
  const order = Array.from(series.close.keys());
  for (let i = order.length - 1; i > last + 1; i--) {
    const j = last + 1 + Math.floor(random() * (i - last));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const shuffled = (column: Float64Array) => column.map((_, i) => column[order[i]!]!);
  return {
    ...series,
    open: shuffled(series.open),
    high: shuffled(series.high),
    low: shuffled(series.low),
    close: shuffled(series.close),
    volume: shuffled(series.volume),
  };
}

/** Rows of the table, up to the one at `last`, that differ between two problems. */
function changedRows(before: Problem, after: Problem, last: number): number {
  const columns = before.features.length;
  const until = (before.candles.indexOf(last) + 1) * columns;
  return before.x.subarray(0, until).reduce(
    (sum, value, i) => value === after.x[i] ? sum : sum + 1,
    0,
  );
}

/** With a column that knows a little of what comes. */
function leaky(problem: Problem): Problem {
  const columns = problem.features.length;
  const x = problem.x.map((value, cell) => {
    const truth = problem.truth[Math.floor(cell / columns)]!;
    return cell % columns === 3 && !Number.isNaN(truth) ? value + 20 * truth : value;
  });
  return { ...problem, x };
}

/** R² against zero of the rows that `isJudged` and have come to an end. */
function skill({ truth }: Problem, forecast: (row: number) => number, rows: number[]): number {
  const loss = (of: (row: number) => number) =>
    rows.reduce((sum, row) => sum + (truth[row]! - of(row)) ** 2, 0);
  return 1 - loss(forecast) / loss(() => 0);
}

const resolved = ({ truth }: Problem, isJudged: (row: number) => boolean) =>
  [...truth.keys()].filter((row) => isJudged(row) && !Number.isNaN(truth[row]!));

Deno.test("features are the same to the bit when the candles after them are shuffled", () => {
  const series = madeUpCandles(2000, 21);
  for (const target of ["log-return", "volatility", "labels"] as const) {
    const spec = specOf(target, 24);
    const shuffled = withShuffledFuture(series, 1500);
    assert(shuffled.close[1600] !== series.close[1600]);
    assertEquals(changedRows(problemOf(series, spec), problemOf(shuffled, spec), 1500), 0, target);
  }
});

Deno.test("a planted leak is caught: by the shuffle, and by a skill that nobody has", () => {
  const spec = specOf("log-return", 24);
  const series = madeUpCandles(4000, 22);
  const [honest, leaking] = [problemOf(series, spec), leaky(problemOf(series, spec))];
  const shuffled = leaky(problemOf(withShuffledFuture(series, 2500), spec));
  assert(changedRows(leaking, shuffled, 2500) > 20);
  const found = [honest, leaking].map((problem) => {
    const walk = walkForward(problem);
    const rows = resolved(problem, (row) => row >= walk.first);
    return skill(problem, (row) => walk.said.ridge[row]!, rows);
  });
  assert(found[0]! < 0.02 && found[1]! > 0.3, `R² ${found}`);
});

Deno.test("a random split of overlapping labels shines where the purged walk-forward finds nothing", () => {
  const isHeldOut = (row: number) => row % 5 === 0;
  const gaps = [23, 24, 25, 26].map((seed) => {
    const problem = problemOf(madeUpCandles(5000, seed), specOf("log-return", 168));
    const walk = walkForward(problem, { withTrees: true });
    const later = resolved(problem, (row) => row >= walk.first);
    const purged = skill(problem, (row) => walk.said.trees![row]!, later);
    const fitted = fitting(problem, (row) => !isHeldOut(row))(problem.candles.length, true);
    const split = skill(
      problem,
      (row) => new Map(said(fitted, problem, row)).get("trees")!,
      resolved(problem, isHeldOut),
    );
    return { split, purged };
  });
  const mean = (of: (gap: typeof gaps[number]) => number) =>
    gaps.reduce((sum, gap) => sum + of(gap), 0) / gaps.length;
  const [split, purged] = [mean((gap) => gap.split), mean((gap) => gap.purged)];
  assert(split > 0.5 && purged < 0.05, `R² ${split} split at random, ${purged} purged`);
});

Deno.test("a planted drift and a planted signal of r = 0.1 survive the shrinkage", () => {
  const drift = train(madeUpCandles(9000, 24, () => 0.0004), specOf("log-return", 24));
  assert(drift.calibration.factor > 0.3, `drift ${drift.calibration.factor}`);
  assert(drift.record.mseRatio < 1, `drift ${drift.record.mseRatio}`);
  let hour = 0;
  const tide = () => 0.1 * Math.SQRT2 * 0.005 * Math.sin(2 * Math.PI * ++hour / 24);
  const signal = train(madeUpCandles(9000, 25, tide), specOf("log-return", 1));
  assert(signal.calibration.factor > 0.3, `signal ${signal.calibration.factor}`);
  assert(signal.record.mseRatio < 0.997, `signal ${signal.record.mseRatio}`);
});
