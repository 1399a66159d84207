import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { applyHar, fitHar, harColumns } from "../../src/model/har.ts";
import { stateProblem } from "../../src/model/problem.ts";
import { HOUR_MS, madeUpCandles } from "./synthetic.ts";

Deno.test("fitHar() finds the line that an outcome follows, and reads no other column", () => {
  const random = seededRandom(3);
  const x = Float64Array.from({ length: 500 * 4 }, random);
  const y = Float64Array.from({ length: 500 }, (_, i) => 2 + 3 * x[4 * i + 1]! - x[4 * i + 3]!);
  const har = fitHar(x, y, [1, 3]);
  assertAlmostEquals(har.intercept, 2, 1e-3);
  [3, -1].forEach((slope, j) => assertAlmostEquals(har.coefficients[j]!, slope, 1e-3));
  assertAlmostEquals(applyHar(har, [1, 3], x, 7, 4), y[7]!, 1e-3);
});

Deno.test("harColumns() are the day, the week, the month and the moving average of every horizon", () => {
  for (const hours of [1, 24, 168]) {
    const { features } = stateProblem(
      madeUpCandles(800, 1),
      { target: "volatility", horizonMs: hours * HOUR_MS, learner: "har" },
      Int32Array.of(750),
    );
    const names = harColumns(features, HOUR_MS).map((column) => features[column]);
    assertEquals(names, [
      "log_volatility_24",
      "log_volatility_168",
      "log_volatility_720",
      "log_sigma",
    ]);
  }
  assertThrows(() => harColumns(["log_sigma"], HOUR_MS), PipelineError, "log_volatility_24");
});
