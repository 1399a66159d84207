import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { fitRidge } from "../../src/model/ridge.ts";

Deno.test("fitRidge() with one column is Sxy / (Sxx + alpha)", () => {
  const x = Float64Array.of(1, 2, 3, 4, 6);
  const y = Float64Array.of(2, 3, 7, 8, 10);
  // Around the means 3.2 and 6: Sxx = 14.8, Sxy = 25.
  const { intercept, coefficients } = fitRidge(x, y, 5);
  assertAlmostEquals(coefficients[0]!, 25 / 19.8, 1e-14);
  assertAlmostEquals(intercept, 6 - 3.2 * 25 / 19.8, 1e-14);
});

Deno.test("fitRidge() with two columns solves (X'X + alpha I) b = X'y by hand", () => {
  // Centred columns (−1, 0, 1) and (1, −2, 1) are orthogonal: b = (6 / (2 + 2), −3 / (6 + 2)).
  const x = Float64Array.of(-1, 1, 0, -2, 1, 1);
  const y = Float64Array.of(-2.5, 2, 3.5);
  const { intercept, coefficients } = fitRidge(x, y, 2);
  assertAlmostEquals(coefficients[0]!, 1.5, 1e-14);
  assertAlmostEquals(coefficients[1]!, -0.375, 1e-14);
  assertAlmostEquals(intercept, 1, 1e-14);
});

Deno.test("fitRidge() without penalty recovers an exact plane from any number of rows", () => {
  for (const rows of [4, 5, 6, 7, 40]) {
    const x = Float64Array.from({ length: 3 * rows }, (_, i) => Math.sin(i * i));
    const y = Float64Array.from(
      { length: rows },
      (_, i) => 0.5 + 2 * x[3 * i]! - x[3 * i + 1]! + 3 * x[3 * i + 2]!,
    );
    const { intercept, coefficients } = fitRidge(x, y, 0);
    [intercept, ...coefficients].forEach((found, i) =>
      assertAlmostEquals(found, [0.5, 2, -1, 3][i]!, 1e-9)
    );
  }
});

Deno.test("fitRidge() with an infinite penalty is the mean", () => {
  const { intercept, coefficients } = fitRidge(
    Float64Array.of(1, 2, 3),
    Float64Array.of(4, 5, 9),
    Infinity,
  );
  assertEquals(intercept, 6);
  assertEquals([...coefficients], [0]);
});

Deno.test("fitRidge() throws when columns are collinear and nothing tells them apart", () => {
  const x = Float64Array.of(1, 2, 2, 4, 3, 6, 5, 10);
  const y = Float64Array.of(1, 2, 3, 4);
  const error = assertThrows(() => fitRidge(x, y, 0), PipelineError, "column 1 is a combination");
  assertEquals(error.kind, "invalid");
  assertEquals(fitRidge(x, y, 1e-3).coefficients.every(Number.isFinite), true);
});

Deno.test("fitRidge() throws when the table is not rectangular", () => {
  assertThrows(
    () => fitRidge(new Float64Array(7), new Float64Array(3), 1),
    PipelineError,
    "7 values do not make 3 rows",
  );
});
