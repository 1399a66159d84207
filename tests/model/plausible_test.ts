import { assertAlmostEquals } from "@std/assert";
import { plausibleReturn } from "../../src/model/plausible.ts";
import { HOUR_MS } from "./synthetic.ts";

Deno.test("plausibleReturn() is 3 σ√h, and at most 0.35 for a week", () => {
  assertAlmostEquals(plausibleReturn(0.08, 168 * HOUR_MS), 0.24, 1e-12);
  assertAlmostEquals(plausibleReturn(0.2, 168 * HOUR_MS), 0.35, 1e-12);
  assertAlmostEquals(plausibleReturn(0.2, 42 * HOUR_MS), 0.175, 1e-12);
});
