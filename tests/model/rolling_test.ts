import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  rollingMax,
  rollingMin,
  runningSum,
  windowedEwma,
  windowSum,
} from "../../src/model/rolling.ts";

const values = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i * i) * (1 + i % 7));
const windowOf = (
  t: number,
  window: number,
) => [...values.slice(Math.max(0, t - window + 1), t + 1)];

Deno.test("rollingMax() and rollingMin() agree with looking at every window", () => {
  for (const window of [1, 3, 24, 500]) {
    const [highest, lowest] = [rollingMax(values, window), rollingMin(values, window)];
    for (let t = 0; t < values.length; t++) {
      assertEquals(highest[t], Math.max(...windowOf(t, window)));
      assertEquals(lowest[t], Math.min(...windowOf(t, window)));
    }
  }
});

Deno.test("windowSum() is the sum over the window that ends with t", () => {
  const sums = runningSum(values.length, (i) => values[i]!);
  for (const t of [9, 50, 199]) {
    const expected = windowOf(t, 10).reduce((sum, value) => sum + value, 0);
    assertAlmostEquals(windowSum(sums, t, 10), expected, 1e-12);
  }
});

Deno.test("windowedEwma() weights by age and forgets what left the window", () => {
  const [halfLife, window] = [8, 30];
  const found = windowedEwma(values, halfLife, window);
  for (const t of [0, 12, 29, 30, 150]) {
    const recent = windowOf(t, window).reverse();
    const weights = recent.map((_, age) => 0.5 ** (age / halfLife));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const expected = recent.reduce((sum, value, age) => sum + value * weights[age]!, 0) / total;
    assertAlmostEquals(found[t]!, expected, 1e-12);
  }
});
