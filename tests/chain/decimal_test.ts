import { assertEquals, assertThrows } from "@std/assert";
import { canonicalDecimal, decimalOf } from "../../src/chain/decimal.ts";
import { PipelineError } from "../../src/errors.ts";
import { recording } from "./recordings.ts";

Deno.test("canonicalDecimal() writes 1e-7 as 1E-7", () => {
  assertEquals(canonicalDecimal("1e-7"), "1E-7");
});

for (const folder of ["judge-v10", "v0.8.0-genuine"] as const) {
  const rows = recording(folder, "d_decimal_table").rows ?? [];

  Deno.test(`canonicalDecimal() agrees with all ${rows.length} rows of ${folder}`, () => {
    assertEquals(rows.length, 57);
    for (const { text, predicted_canonical, accepted_canonical, accepted_raw } of rows) {
      if (!accepted_canonical) {
        assertThrows(() => canonicalDecimal(text), PipelineError, "as a decimal");
        continue;
      }
      // v0.8.0 had no bounds yet; we hold to those of today's chains everywhere.
      const bounded = ["9.99E-41", "1.1E+40", "1" + "0".repeat(41)];
      if (bounded.includes(text)) {
        assertEquals(folder, "v0.8.0-genuine");
        assertThrows(() => canonicalDecimal(text), PipelineError, "out of range");
        continue;
      }
      assertEquals(canonicalDecimal(text), predicted_canonical);
      // Text is signed raw without harm exactly when it is canonical already.
      assertEquals(text === predicted_canonical, accepted_raw);
    }
  });
}

Deno.test("canonicalDecimal() leaves canonical text as it is", () => {
  for (
    const text of ["1E-40", "1E+40", "-1.2345E-7", "0.000001", "0.0", "1.50", "123456789", "0E+5"]
  ) {
    assertEquals(canonicalDecimal(canonicalDecimal(text)), text);
  }
});

Deno.test("canonicalDecimal() refuses what is out of range or no number, naming it", () => {
  const refused = ["", ".", "-", "NaN", "Infinity", "1,5", " 1.5", "1_000", "0x10", "1e40.5"];
  const beyond = ["1.0000000001E+40", "-1E+41", "1E-41", "-9E-41", "0e200000", "1e99999999999999"];
  for (const text of [...refused, ...beyond]) {
    const error = assertThrows(() => canonicalDecimal(text), PipelineError);
    assertEquals(error.kind, "invalid");
    assertEquals(error.message.includes(JSON.stringify(text)), true);
  }
});

Deno.test("decimalOf() writes the shortest text that reads back, and no negative zero", () => {
  const table: [number, string][] = [
    [0, "0"],
    [-0, "0"],
    [0.1 + 0.2, "0.30000000000000004"],
    [1e-7, "1E-7"],
    [-1.2345e-7, "-1.2345E-7"],
    [1e21, "1E+21"],
    [123456789012345680000, "123456789012345680000"],
    [0.000001, "0.000001"],
    [1e40, "1E+40"],
  ];
  for (const [value, text] of table) {
    assertEquals(decimalOf(value), text);
    assertEquals(Number(text), value + 0);
  }
});

Deno.test("decimalOf() refuses NaN, the infinities and sizes beyond the chain's range", () => {
  for (const value of [NaN, Infinity, -Infinity, 1e41, 1e-41, Number.MIN_VALUE, Number.MAX_VALUE]) {
    assertThrows(() => decimalOf(value), PipelineError);
  }
});
