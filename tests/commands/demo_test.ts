import { assert, assertEquals } from "@std/assert";
import { runMain } from "./run_main.ts";

for (const generation of ["9", "10"]) {
  Deno.test(`the demo proves every epoch on emissions v${generation} and says so in one line of JSON`, async () => {
    const cwd = await Deno.makeTempDir();
    const args = ["demo", "--epochs", "2", "--generation", generation, "--json"];
    const { code, stdout, stderr } = await runMain(args, { cwd });
    assertEquals([code, stderr], [0, ""]);
    const { fees_uallo, mse_ratio, coverage90, ...counts } = JSON.parse(stdout);
    const two = { epochs: 2, submitted: 2, confirmed: 2, proven: 2, scored: 2 };
    assertEquals(counts, { ...two, missed: 0 });
    assert(/^[1-9]\d*$/.test(fees_uallo), fees_uallo);
    assert(mse_ratio > 0 && [0, 0.5, 1].includes(coverage90), stdout);
    await Deno.remove(cwd);
  });
}
