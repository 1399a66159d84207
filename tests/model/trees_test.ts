import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { applyTrees, fitTrees, type Growth } from "../../src/model/trees.ts";

const GROWTH: Growth = {
  trees: 100,
  depth: 3,
  rate: 0.1,
  penalty: 1,
  leastLeaf: 5,
  sample: 1,
  seed: 1,
};

/** x uniform in [−1, 1), y a step and a product: nothing that a line could follow. */
function crooked(rows: number, columns: number, seed: number) {
  const random = seededRandom(seed);
  const x = Float64Array.from({ length: rows * columns }, () => 2 * random() - 1);
  const y = Float64Array.from({ length: rows }, (_, i) => {
    const [a, b, c] = x.subarray(i * columns, i * columns + 3);
    return (a! > 0.3 ? 1 : 0) + b! * c! + 0.1 * (random() - 0.5);
  });
  return { x, y };
}

function r2(truth: Float64Array, forecast: (row: number) => number): number {
  const mean = truth.reduce((sum, y) => sum + y, 0) / truth.length;
  const errors = truth.reduce((sum, y, row) => sum + (y - forecast(row)) ** 2, 0);
  return 1 - errors / truth.reduce((sum, y) => sum + (y - mean) ** 2, 0);
}

Deno.test("fitTrees() follows steps and products that no line follows", () => {
  const seen = crooked(2000, 5, 1);
  const unseen = crooked(1000, 5, 2);
  const trees = fitTrees(seen.x, seen.y, GROWTH);
  const found = r2(unseen.y, (row) => applyTrees(trees, unseen.x, row, 5));
  assert(found > 0.93, `R² ${found}`);
});

Deno.test("fitTrees() gives the same trees for the same seed, and others for another", () => {
  const { x, y } = crooked(500, 4, 3);
  const grow = (seed: number) => fitTrees(x, y, { ...GROWTH, sample: 0.5, seed });
  assertEquals(grow(7), grow(7));
  assert(grow(7).leaf[0] !== grow(8).leaf[0]);
});

Deno.test("fitTrees() leaves no leaf with fewer rows than it may have, and none when all are too few", () => {
  const { x, y } = crooked(400, 3, 4);
  const trees = fitTrees(x, y, { ...GROWTH, trees: 1, leastLeaf: 60 });
  const byForecast = Map.groupBy(y.keys(), (row) => applyTrees(trees, x, row, 3));
  assert(byForecast.size > 1);
  for (const rows of byForecast.values()) assert(rows.length >= 60, `${rows.length} rows`);
  const stump = fitTrees(x, y, { ...GROWTH, trees: 3, leastLeaf: 300 });
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  assert(Math.abs(applyTrees(stump, x, 0, 3) - mean) < 1e-12);
});

Deno.test("fitTrees() learns less from a leaf the stronger the penalty", () => {
  const { x, y } = crooked(400, 3, 5);
  const spread = (penalty: number) => {
    const trees = fitTrees(x, y, { ...GROWTH, trees: 1, penalty });
    return Math.max(...Array.from(trees.leaf, Math.abs));
  };
  assert(spread(1000) < spread(10) && spread(10) < spread(0));
});

Deno.test("fitTrees() survives columns that never move and values that repeat", () => {
  const y = Float64Array.from({ length: 100 }, (_, i) => i % 2);
  const x = Float64Array.from({ length: 200 }, (_, i) => i % 2 === 0 ? 5 : (i - 1) / 2 % 2);
  const trees = fitTrees(x, y, { ...GROWTH, penalty: 0, rate: 1, trees: 1 });
  for (const row of [0, 1, 50, 99]) assertEquals(applyTrees(trees, x, row, 2), y[row]);
});
