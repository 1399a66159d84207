import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { parseArtifact, serialiseArtifact } from "../../src/model/artifact.ts";
import { forecast } from "../../src/model/forecast.ts";
import { type Series, tail } from "../../src/model/series.ts";
import { type Learner, learnersOf, type ModelSpec, type TargetKind } from "../../src/model/spec.ts";
import { train } from "../../src/model/train.ts";
import { HOUR_MS, madeUpCandles, trendingCandles } from "./synthetic.ts";

const series = madeUpCandles(3000, 1);
const specOf = (target: TargetKind, learner: Learner = "auto", hours = 24): ModelSpec => ({
  target,
  horizonMs: hours * HOUR_MS,
  learner,
});

Deno.test("forecast() gives the same bits from an artifact that was written and read again", () => {
  for (const target of ["log-return", "price", "volatility", "labels"] as const) {
    const artifact = train(series, specOf(target));
    const again = parseArtifact(serialiseArtifact(artifact));
    assertEquals(forecast(again, series), forecast(artifact, series));
    assertEquals(forecast(again, tail(series, 1000)), forecast(artifact, series));
  }
});

Deno.test("train() gives the same artifact for the same candles", () => {
  const spec = specOf("log-return");
  assertEquals(serialiseArtifact(train(series, spec)), serialiseArtifact(train(series, spec)));
});

Deno.test("forecast() tells base, time, interval and model", () => {
  const artifact = train(series, specOf("log-return"));
  const made = forecast(artifact, series);
  assertEquals(made.basePrice, series.close[2999]!);
  assertEquals(made.asOfMs, series.startMs + 3000 * HOUR_MS);
  assertEquals(made.model, `auto ${artifact.id}`);
  assertAlmostEquals(made.sigma, 0.005 * Math.sqrt(24), 0.005);
  assert(made.low < made.low80 && made.low80 < made.value);
  assert(made.value < made.high80 && made.high80 < made.high);
  assert(made.value !== 0 && Math.abs(made.value) < made.sigma);
});

Deno.test("forecast() of a price is the base times the exponential of the log-return's", () => {
  const asReturn = forecast(train(series, specOf("log-return")), series);
  const asPrice = forecast(train(series, specOf("price")), series);
  for (const bound of ["value", "low", "high", "low80", "high80"] as const) {
    assertAlmostEquals(asPrice[bound], asPrice.basePrice * Math.exp(asReturn[bound]), 1e-9);
  }
});

Deno.test("forecast() of volatility is positive, inside its interval and near what the market has", () => {
  const made = forecast(train(series, specOf("volatility")), series);
  assert(0 < made.low && made.low < made.value && made.value < made.high);
  assertAlmostEquals(made.value, 0.005 * Math.sqrt(24), 0.005);
});

Deno.test("forecast() of labels has probabilities that sum to 1 under the topic's names", () => {
  const spec: ModelSpec = { ...specOf("labels"), labels: ["fall", "stay", "rise"] };
  const made = forecast(train(series, spec), series);
  assertEquals(made.labels?.map(({ label }) => label), ["fall", "stay", "rise"]);
  assertAlmostEquals(made.labels!.reduce((sum, { probability }) => sum + probability, 0), 1, 1e-12);
  assert(made.labels!.every(({ probability }) => probability > 0.05 && probability < 0.9));
  assertAlmostEquals(
    made.value,
    made.labels![2]!.probability - made.labels![0]!.probability,
    1e-12,
  );
});

Deno.test("train() and forecast() know every learner", () => {
  for (const learner of learnersOf("log-return")) {
    const made = forecast(train(series, specOf("log-return", learner)), series);
    const expected: Partial<Record<Learner, number>> = {
      zero: 0,
      persistence: Math.log(series.close[2999]! / series.close[2975]!),
    };
    if (learner in expected) assertEquals(made.value, expected[learner]);
    assert(made.low < made.value && made.value < made.high, learner);
  }
  for (const learner of learnersOf("volatility")) {
    const made = forecast(train(series, specOf("volatility", learner)), series);
    assert(made.low < made.value && made.value < made.high, learner);
    assertAlmostEquals(made.value, 0.005 * Math.sqrt(24), 0.01, learner);
  }
});

Deno.test("train() records how far it believes itself, and a planted trend further than noise", () => {
  const noise = train(madeUpCandles(6000, 2), specOf("log-return"));
  assertEquals(noise.calibration.factor, 0.05);
  assert(noise.record.sdRatio < 0.1 && noise.record.mseRatio < 1.02);
  const trend = train(trendingCandles(9000, 3), specOf("log-return"));
  assert(trend.calibration.factor > 0.3, `factor ${trend.calibration.factor}`);
  assert(trend.record.mseRatio < 0.95, `ratio ${trend.record.mseRatio}`);
  assert(trend.record.sdRatio > 2 * noise.record.sdRatio);
});

Deno.test("train() says what is missing when there is too little history", () => {
  const error = assertThrows(
    () => train(tail(series, 1000), specOf("log-return")),
    PipelineError,
    "Cannot train 24 h ahead: 1000 candles is less than the 2184 it takes",
  );
  assertEquals(error.kind, "invalid");
  assertEquals(error.hint, "fetch 1184 more candles of history");
});

Deno.test("train() and forecast() refuse what cannot be right", () => {
  const artifact = train(series, specOf("log-return"));
  const changed = (column: "close" | "volume" | "real", i: number, value: number): Series => ({
    ...series,
    [column]: series[column].map((old, at) => at === i ? value : old),
  });
  const flat = series.close.map(() => 100);
  const cases: [() => unknown, string, string][] = [
    [() => forecast(artifact, changed("real", 2999, 0)), "is a gap", "invalid"],
    [() => forecast(artifact, changed("close", 2500, NaN)), "close NaN", "invalid"],
    [() => forecast(artifact, tail(series, 700)), "700 candles are less than the 721", "invalid"],
    [() => forecast(artifact, { ...series, intervalMs: 60_000 }), "last 60000 ms", "invalid"],
    [() => train(changed("volume", 9, -1), specOf("log-return")), "volume -1", "invalid"],
    [
      () => train({ ...series, volume: new Float64Array(5) }, specOf("log-return")),
      "volume has 5 values and close has 3000",
      "invalid",
    ],
    [
      () => train({ ...series, open: flat, high: flat, low: flat, close: flat }, specOf("price")),
      "all 3000 closes are 100",
      "invalid",
    ],
    [() => train(series, specOf("log-return", "auto", 1.5)), "not a multiple", "config"],
    [() => train(series, specOf("volatility", "zero")), "never 0", "config"],
    [() => train(series, specOf("price", "har")), "har knows volatility only", "config"],
    [() => train(series, { ...specOf("labels"), barrier: 0 }), "barrier 0", "config"],
  ];
  for (const [act, message, kind] of cases) {
    assertEquals(assertThrows(act, PipelineError, message).kind, kind);
  }
});
