import { assert, assertEquals, assertThrows } from "@std/assert";
import { PipelineError } from "../../src/errors.ts";
import { evaluateBenchmark } from "../../src/model/benchmark.ts";

Deno.test("evaluateBenchmark() reaches the noise ceiling of the seed's synthetic table", async () => {
  const file = new URL("../data/seed_benchmark.json", import.meta.url);
  const score = evaluateBenchmark(JSON.parse(await Deno.readTextFile(file)));
  const { ridge, trees } = score;
  assert(ridge.r2 >= 0.992, `R² ${ridge.r2}`);
  assert(ridge.mae <= 0.24, `MAE ${ridge.mae}`);
  assert(ridge.mse <= 0.09, `MSE ${ridge.mse}`);
  assert(trees.r2 >= 0.96, `R² of trees ${trees.r2}`);
  assertEquals([score.trainRows, score.testRows, score.columns], [800, 200, 10]);
});

Deno.test("evaluateBenchmark() names the part that is not what it should be", () => {
  const cases: [unknown, string][] = [
    [null, "ytr is not an array of numbers"],
    [{}, "ytr is not an array of numbers"],
    [{ ytr: [1, "2"], yte: [1], Xtr: [[1], [2]], Xte: [[1]] }, "ytr is not an array of numbers"],
    [{ ytr: [1, 2], yte: [], Xtr: [[1], [2]], Xte: [] }, "yte is not an array of numbers"],
    [{ ytr: [1, 2], yte: [1], Xtr: [[1]], Xte: [[1]] }, "Xtr is not an array of 2 rows"],
    [{ ytr: [1, 2], yte: [1], Xtr: [[1], [2, 3]], Xte: [[1]] }, "Xtr[1] has 2 of 1 numbers"],
    [{ ytr: [1, 2], yte: [1], Xtr: [[1], [null]], Xte: [[1]] }, "Xtr[1] is not an array"],
    [{ ytr: [1, 2], yte: [1], Xtr: [[1], [2]], Xte: [[1, 2]] }, "Xte has 2 columns and Xtr 1"],
  ];
  for (const [benchmark, message] of cases) {
    const error = assertThrows(() => evaluateBenchmark(benchmark), PipelineError, message);
    assertEquals(error.kind, "invalid");
  }
});
