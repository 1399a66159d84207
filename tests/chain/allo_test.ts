import { assertEquals } from "@std/assert";
import { alloOf } from "../../src/chain/allo.ts";

Deno.test("alloOf() writes uallo as ALLO, exactly, however many digits it takes", () => {
  const table: [bigint, string][] = [
    [0n, "0"],
    [1n, "0.000000000000000001"],
    [1_930_110n, "0.00000000000193011"],
    [10n ** 18n, "1"],
    [15n * 10n ** 17n, "1.5"],
    [123_456_789_012_345_678_901_234_567_890n, "123456789012.34567890123456789"],
    [-5n * 10n ** 16n, "-0.05"],
  ];
  for (const [uallo, allo] of table) assertEquals(alloOf(uallo), allo);
});
