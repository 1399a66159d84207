import { assert, assertEquals } from "@std/assert";
import { lineChart } from "../../src/commands/line_chart.ts";

Deno.test("lineChart() draws a rise from the lower left to the upper right", () => {
  const { rows, top, bottom, zeroRow } = lineChart([0, 1, 2, 3, 4, 5, 6, 7], {
    width: 4,
    height: 2,
  });
  assertEquals([top, bottom, zeroRow], [7, 0, 1]);
  assertEquals(rows.map((row) => row.length), [4, 4]);
  assert(rows[0]!.startsWith("  ") && rows[0]!.trim() !== "");
  assert(!rows[1]!.startsWith(" "));
});

Deno.test("lineChart() keeps zero in sight, and a line without any height", () => {
  assertEquals(lineChart([3, 4], { width: 2, height: 1 }).bottom, 0);
  assertEquals(lineChart([-3, -4], { width: 2, height: 1 }).top, 0);
  const flat = lineChart([0, 0, 0], { width: 3, height: 2 });
  assertEquals([flat.top, flat.bottom, flat.zeroRow], [0, 0, 0]);
  assertEquals(flat.rows, ["⠉⠉⠉", "   "]);
  assertEquals(lineChart([], { width: 1, height: 1 }).rows, ["⠁"]);
});

Deno.test("lineChart() joins a jump to one stroke", () => {
  const { rows } = lineChart([0, 0, 8, 8], { width: 2, height: 2 });
  assert(rows.every((row) => row[1] !== " "), JSON.stringify(rows));
});
