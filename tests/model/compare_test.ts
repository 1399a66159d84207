import { assert, assertEquals } from "@std/assert";
import {
  type Artifact,
  parseKept,
  sealArtifact,
  serialiseArtifact,
} from "../../src/model/artifact.ts";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { compare, compareFinished, isHarmful, isHarmless } from "../../src/model/compare.ts";
import { baseCandles } from "../../src/model/grid.ts";
import { candlesTold, candlesUsed } from "../../src/model/lineage.ts";
import { stateProblem } from "../../src/model/problem.ts";
import type { ModelSpec } from "../../src/model/spec.ts";
import { endMs, type Series } from "../../src/model/series.ts";
import { train, trainStepwise } from "../../src/model/train.ts";
import { finish } from "../../src/model/walk_forward.ts";
import { HOUR_MS, madeUpCandles } from "./synthetic.ts";

const spec: ModelSpec = { target: "log-return", horizonMs: 8 * HOUR_MS, learner: "auto" };

function first(series: Series, count: number): Series {
  const cut = <T extends Float64Array | Uint8Array>(column: T) => column.subarray(0, count) as T;
  return {
    ...{ startMs: series.startMs, intervalMs: series.intervalMs, real: cut(series.real) },
    ...{ open: cut(series.open), high: cut(series.high), low: cut(series.low) },
    ...{ close: cut(series.close), volume: cut(series.volume) },
  };
}

/** A market, and challengers whose forecasts are the incumbent's zero plus noise of this share of sd. */
function contest(seed: number, share: number) {
  const series = { ...madeUpCandles(2200, seed), intervalMs: HOUR_MS };
  const problem = stateProblem(series, spec, baseCandles(series, spec, 1));
  const random = seededRandom(1000 + seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const challenger = problem.truth.map((_, row) => share * problem.sigma[row]! * normal());
  const losses = (point: (row: number) => number) =>
    problem.truth.map((truth, row) => (truth - point(row)) ** 2);
  return compare(
    problem,
    { challenger: losses((row) => challenger[row]!), incumbent: losses(() => 0) },
    0,
    (candle) => endMs(series, candle),
  );
}

Deno.test("compare() excludes harm for a twin and for small noise, not for a harmful challenger", () => {
  assert(isHarmless(contest(1, 0)));
  assertEquals(contest(1, 0).ratio, { value: 1, low: 1, high: 1 });
  assert(isHarmless(contest(1, 0.02)));
  // A tenth more squared error.
  assert(!isHarmless(contest(1, Math.sqrt(0.1))));
});

Deno.test("compare() lets noise that costs 4 % pass in fewer than 5 of 100 markets", () => {
  const seeds = 100;
  let passed = 0;
  for (let seed = 1; seed <= seeds; seed++) if (isHarmless(contest(seed, 0.2))) passed++;
  assert(passed < 0.05 * seeds, `${passed} of ${seeds}`);
});

Deno.test("training judges the incumbent only on what came after it", () => {
  const series = madeUpCandles(4000, 5);
  const incumbent = train(first(series, 3000), spec);
  const { artifact, comparison } = finish(trainStepwise(series, spec, incumbent));
  assert(comparison !== null && comparison.ratio !== null);
  assert(comparison.fromMs! >= incumbent.trainedToMs);
  assert(comparison.toMs! <= artifact.trainedToMs - spec.horizonMs);
  // Both are shrunk almost to nothing by noise, and so harm is excluded.
  assert(isHarmless(comparison));
  assertEquals(
    artifact.id,
    train(series, spec).id,
    "the incumbent changes nothing of the candidate",
  );
});

Deno.test("training cannot exclude harm while little has come true since the incumbent", () => {
  const series = madeUpCandles(3050, 5);
  const incumbent = train(first(series, 3000), spec);
  const { comparison } = finish(trainStepwise(series, spec, incumbent));
  assertEquals([comparison!.ratio, isHarmless(comparison!)], [null, false]);
  assert(comparison!.forecasts > 0 && comparison!.stretches < 8);
});

Deno.test("an incumbent that shouts loses to one that knows nothing, and the other way round", () => {
  const series = madeUpCandles(4000, 6);
  const modest = train(first(series, 3000), spec);
  const { id: _, ...content } = modest;
  const loud = sealArtifact({
    ...content,
    fitted: { ...content.fitted, mean: 0.05 },
    calibration: { ...content.calibration, weights: { mean: 1 } },
  });
  assert(isHarmless(compareFinished(series, modest, loud)));
  const harm = compareFinished(series, loud, modest);
  assert(!isHarmless(harm) && harm.ratio!.low > 2, JSON.stringify(harm));
});

Deno.test("the contest judges what is submitted: smeared volatility, and the probabilities of labels", () => {
  const series = madeUpCandles(4000, 6);
  const made = (target: "volatility" | "labels") => train(first(series, 3000), { ...spec, target });
  const changed = (of: Artifact, calibration: Partial<Artifact["calibration"]>) => {
    const { id: _, ...content } = of;
    return sealArtifact({ ...content, calibration: { ...of.calibration, ...calibration } });
  };
  const volatility = made("volatility");
  const inflated = changed(volatility, { smear: 3 });
  assert(isHarmful(compareFinished(series, inflated, volatility)));
  const labels = made("labels");
  const lopsided = changed(labels, { frequencies: [0.9, 0.05, 0.05] });
  assert(isHarmful(compareFinished(series, lopsided, labels)));
  assert(isHarmless(compareFinished(series, labels, lopsided)));
});

Deno.test("training judges each target's learner against no model on the whole walk-forward", () => {
  const series = madeUpCandles(4000, 6);
  for (const target of ["log-return", "volatility", "labels"] as const) {
    const { artifact, record } = finish(trainStepwise(series, { ...spec, target }));
    // A market whose volatility never changes has none to forecast: only there it pays to say nothing.
    assertEquals(isHarmful(record), target === "volatility", JSON.stringify(record));
    assertEquals(record.forecasts, artifact.record.forecasts);
  }
});

Deno.test("a model is read back with its lineage, and without one when it has none", () => {
  const series = madeUpCandles(3000, 1);
  const artifact = train(series, spec);
  const lineage = {
    ...{ madeMs: 1, why: "a test", tookMs: 5, candles: candlesUsed(series), pair: "BTC/USD" },
    ...{ venues: ["binance"], historyMs: 1e9, code: "0 (test)", parent: null },
    comparison: contest(1, 0.02),
  };
  assertEquals(parseKept(serialiseArtifact(artifact, lineage)), { artifact, lineage });
  assertEquals(parseKept(serialiseArtifact(artifact)), { artifact, lineage: undefined });
});

Deno.test("the checksum of the candles changes with any of them but the newest", () => {
  const series = madeUpCandles(3000, 1);
  const used = candlesUsed(series);
  const changed = (at: number): Series => ({
    ...series,
    volume: series.volume.map((volume, i) => i === at ? volume + 1 : volume),
  });
  assertEquals(candlesUsed(changed(2990)), used);
  assert(candlesUsed(changed(100)).sha256 !== used.sha256);
  const shorter = first(series, 2976);
  assertEquals(candlesTold(shorter, 2976), used);
  // A candle that was filled and came after all is a correction, even where nothing had moved.
  const real = series.real.with(100, 0);
  assert(candlesUsed({ ...series, real }).sha256 !== used.sha256);
  // Candles that end on a gap are read again up to the last real one before it.
  const gappy = { ...series, real: series.real.map((one, i) => i >= 2970 && i < 2990 ? 0 : one) };
  assertEquals(candlesUsed(gappy), candlesTold(first(gappy, 2970), 2970));
});
