import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { readAnswer } from "../../src/model/own_answer.ts";
import { ownForecast } from "../../src/model/own_forecast.ts";
import { tail } from "../../src/model/series.ts";
import type { ModelSpec, TargetKind } from "../../src/model/spec.ts";
import { recordedCandles } from "./candles.ts";

const spec = (target: TargetKind): ModelSpec => ({
  target,
  horizonMs: 86_400_000,
  learner: "auto",
  labels: ["down", "neutral", "up"],
});
const labels = (down: unknown, neutral: unknown, up: unknown) => ({
  labels: { down, neutral, up },
});

const BAD: readonly [TargetKind, unknown, string][] = [
  ["log-return", null, "it is null, not an object"],
  ["log-return", 0.1, "it is 0.1, not an object"],
  ["log-return", [0.1], "it is [0.1], not an object"],
  ["log-return", {}, "value is missing, not a number"],
  ["log-return", { value: "NaN" }, 'value is "NaN", not a number'],
  ["log-return", { value: "0.1" }, 'value is "0.1", not a number'],
  ["log-return", { value: null }, "value is null, not a number"],
  ["log-return", { value: 1e999 }, "value is Infinity, not finite"],
  ["log-return", labels(0, 0, 1), "it has labels, and a log-return topic takes value"],
  ["log-return", { value: 0.1, low: 0 }, "high is missing beside its counterpart"],
  ["log-return", { value: 0.1, low: 0.2, high: 0.3 }, "outside its interval 0.2 … 0.3"],
  ["log-return", { value: 0.1, low: "0", high: 1 }, 'low is "0", not a number'],
  ["log-return", { value: 0.1, sigma: 0 }, "sigma is 0, not above 0"],
  ["price", { value: 1, low: -1, high: 2 }, "low is -1, not above 0"],
  ["labels", { value: 0.1 }, "it has value, and a labels topic takes labels"],
  ["labels", { labels: [0.2, 0.3, 0.5] }, "labels is [0.2,0.3,0.5], not an object"],
  ["labels", labels(0.2, 0.3, 0.4), "the probabilities sum to 0.9, not to 1"],
  ["labels", labels(0.2, 0.3, 0.500002), "sum to 1.000002, not to 1"],
  ["labels", labels(-0.1, 0.5, 0.6), "a probability is -0.1, outside [0, 1]"],
  ["labels", labels(0.2, 0.3, "0.5"), 'label "up" is "0.5", not a number'],
  ["labels", { labels: { down: 0.5, up: 0.5 } }, 'label "neutral" is missing, not a number'],
  ["labels", { labels: { down: 0, flat: 1, up: 0 } }, 'it has the label "flat"'],
  ["labels", JSON.parse('{"labels":{"__proto__":1}}'), 'it has the label "__proto__"'],
  ["labels", { ...labels(0.2, 0.3, 0.5), low: -1, high: 1 }, "no meaning for labels"],
];
for (const [target, answer, says] of BAD) {
  Deno.test(`readAnswer() refuses ${JSON.stringify(answer)} for ${target}: ${says}`, () => {
    const error = assertThrows(() => readAnswer(answer, spec(target), "the answer"), PipelineError);
    assertEquals(error.kind, "invalid");
    assert(error.message.startsWith("Cannot use the answer: "), error.message);
    assert(error.message.includes(says), error.message);
  });
}

Deno.test("readAnswer() leaves other fields alone and takes null for what is not given", () => {
  const answer = { value: 0.1, low: null, high: null, sigma: null, took_ms: 3 };
  assertEquals(readAnswer(answer, spec("log-return"), ""), { said: 0.1 });
});

Deno.test("readAnswer() brings probabilities that sum to 1 but for their rounding to exactly that", () => {
  const thirds = readAnswer(labels(0.3333333, 0.3333333, 0.3333334), spec("labels"), "").said;
  assertEquals(thirds, [0.333334, 0.333333, 0.333333]);
});

Deno.test("ownForecast() takes what the answer lacks from the candles' volatility", async () => {
  const series = tail(await recordedCandles(), 1000);
  const basePrice = series.close.at(-1)!;
  const made = (target: TargetKind, answer: object) =>
    ownForecast(readAnswer(answer, spec(target), ""), series, spec(target), "mine");

  const plain = made("log-return", { value: 0.01 });
  assert(plain.sigma > 0.005 && plain.sigma < 0.1, `${plain.sigma}`);
  assertAlmostEquals(plain.high - 0.01, 1.645 * plain.sigma, 1e-12);
  assertAlmostEquals(0.01 - plain.low80, 1.282 * plain.sigma, 1e-12);
  assertEquals([plain.basePrice, plain.model], [basePrice, "mine"]);

  const price = made("price", { value: basePrice });
  assertAlmostEquals(Math.log(price.high / basePrice), 1.645 * plain.sigma, 1e-12);

  const volatility = made("volatility", { value: 0.03 });
  assert(volatility.low > 0.01 && volatility.low < volatility.low80, `${volatility.low}`);
  assert(volatility.high < 0.12 && volatility.high > volatility.high80, `${volatility.high}`);

  const own = made("log-return", { value: 0.01, low: 0, high: 0.03, sigma: 0.02 });
  assertEquals([own.low, own.high, own.sigma], [0, 0.03, 0.02]);
  assert(own.low80 > 0 && own.low80 < 0.01 && own.high80 < 0.03);

  const classes = made("labels", labels(0.2, 0.3, 0.5));
  assertAlmostEquals(classes.value, 0.3, 1e-12);
  assertEquals(classes.labels?.map(({ probability }) => probability), [0.2, 0.3, 0.5]);
});

Deno.test("ownForecast() refuses less than a day of candles, which tell no volatility", async () => {
  const series = tail(await recordedCandles(), 20);
  const answer = readAnswer({ value: 0.01 }, spec("log-return"), "");
  assertThrows(
    () => ownForecast(answer, series, spec("log-return"), ""),
    PipelineError,
    "20 candles",
  );
});
