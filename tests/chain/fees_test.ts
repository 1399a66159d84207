import { assertEquals } from "@std/assert";
import { feeFor, gasLimitFor } from "../../src/chain/fees.ts";
import { GENERATIONS, recordings } from "./recordings.ts";

const TEN = 10n * 10n ** 18n;

for (const [folder] of GENERATIONS) {
  Deno.test(`gasLimitFor() covers what each simulated transaction of ${folder} used`, () => {
    let checked = 0;
    for (const [, { simulate, tx }] of recordings(folder)) {
      if (simulate === undefined || tx === undefined) continue;
      const used = BigInt(tx.result.tx_result.gas_used);
      assertEquals(gasLimitFor(BigInt(simulate.gas_used)) > used, true);
      checked++;
    }
    assertEquals(checked > 0, true);
  });
}

Deno.test("feeFor() is the chain's own requirement at margin 1, rounded up", () => {
  assertEquals(feeFor(300_000n, TEN, 1), 3_000_000n);
  // b_fee_… at a moved price: the node asked 2653307 for 200000 gas.
  assertEquals(feeFor(200_000n, 13_266_530_000_000_000_001n, 1), 2_653_307n);
});

Deno.test("feeFor() adds the margin once", () => {
  assertEquals(feeFor(300_000n, TEN, 1.1), 3_300_000n);
  assertEquals(feeFor(1n, 1n, 1), 1n);
  assertEquals(feeFor(300_000n, 250_000_000n * 10n ** 18n, 1.05), 78_750_000_000_000n);
});
