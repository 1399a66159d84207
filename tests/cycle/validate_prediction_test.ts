import { assert, assertEquals } from "@std/assert";
import { type PredictionLimits, validatePrediction } from "../../src/cycle/validate_prediction.ts";

const RETURN: PredictionLimits = { target: "log-return", warnAbove: 5, refuseAbove: 50 };
const PRICE: PredictionLimits = { ...RETURN, target: "price", basePrice: 100_000 };
const VOLATILITY: PredictionLimits = { ...RETURN, target: "volatility" };
const LABELS: PredictionLimits = { ...RETURN, target: "labels" };

type Expected = "accepted" | "warned" | "refused";
const CASES: readonly [unknown, PredictionLimits, Expected, string][] = [
  ["0.01", RETURN, "refused", "a string"],
  [null, RETURN, "refused", "null"],
  [undefined, RETURN, "refused", "missing"],
  [[0.01], RETURN, "refused", "an array"],
  [{ value: 0.01 }, RETURN, "refused", "an object"],
  [1n, RETURN, "refused", "a bigint"],
  [true, RETURN, "refused", "a boolean"],
  [() => 1, RETURN, "refused", "a function"],
  [NaN, RETURN, "refused", "NaN"],
  [Infinity, RETURN, "refused", "Infinity"],
  [-Infinity, RETURN, "refused", "-Infinity"],
  [0.01, RETURN, "accepted", "0.01"],
  [-0, RETURN, "accepted", "within"],
  [5, RETURN, "accepted", "[-5, 5]"],
  [5.000001, RETURN, "warned", "outside [-5, 5]"],
  [-5.000001, RETURN, "warned", "outside [-5, 5]"],
  [50, RETURN, "warned", "outside [-5, 5]"],
  [50.000001, RETURN, "refused", "outside [-50, 50]"],
  [-51, RETURN, "refused", "outside [-50, 50]"],
  [0.2, { ...RETURN, plausibleReturn: 0.1 }, "refused", "volatility allows"],
  [0.03, { ...VOLATILITY, plausibleVolatility: [0.002, 0.2] }, "accepted", "within"],
  [2.5, { ...VOLATILITY, plausibleVolatility: [0.002, 0.2] }, "refused", "outside [0.002, 0.2]"],
  [0, { ...VOLATILITY, plausibleVolatility: [0.002, 0.2] }, "refused", "a tenth and ten times"],
  [0.1, { ...RETURN, plausibleReturn: 0.1 }, "accepted", "within"],
  [100_500, PRICE, "accepted", "ln("],
  [100_000 * Math.exp(6), PRICE, "warned", "ln("],
  [100_000 * Math.exp(51), PRICE, "refused", "ln("],
  [200_000, { ...PRICE, plausibleReturn: 0.3 }, "refused", "volatility allows"],
  [0, PRICE, "refused", "not above 0"],
  [-1, PRICE, "refused", "not above 0"],
  [100, { ...RETURN, target: "price" }, "refused", "no base price"],
  [0.5, VOLATILITY, "accepted", "0.5"],
  [0, VOLATILITY, "accepted", "0"],
  [-0.01, VOLATILITY, "refused", "below 0"],
  [60, VOLATILITY, "refused", "outside"],
  [0, LABELS, "accepted", "[0, 1]"],
  [1, LABELS, "accepted", "[0, 1]"],
  [1.0001, LABELS, "refused", "outside [0, 1]"],
  [-0.1, LABELS, "refused", "outside [0, 1]"],
];

Deno.test("validatePrediction() says of each value what it is and what the limits say of it", () => {
  for (const [value, limits, expected, words] of CASES) {
    const { verdict, reason } = validatePrediction(value, "forecast", limits);
    assertEquals(verdict, expected, `${String(value)}: ${reason}`);
    assert(reason.includes("forecast") && reason.includes(words), `${reason} lacks "${words}"`);
    assert(!reason.includes("\n"));
  }
});

Deno.test("validatePrediction() takes both limits from its caller", () => {
  const tight = { ...RETURN, warnAbove: 0.01, refuseAbove: 0.1 };
  assertEquals(validatePrediction(0.05, "forecast", tight).verdict, "warned");
  assertEquals(validatePrediction(0.2, "forecast", tight).verdict, "refused");
});
