import { damageOf, isRandom, reportOf } from "./kill_report.ts";
import { runSuite } from "./kill_suite.ts";

/** make faults: KILLS random kills of the binary, and several rounds of every crash point. */
const kills = Number(Deno.env.get("KILLS") ?? "1000");
if (!Number.isInteger(kills) || kills < 1) {
  console.error(`Cannot kill ${Deno.env.get("KILLS")} times: KILLS is no whole number above 0`);
  Deno.exit(64);
}
const startedMs = Date.now();
const { deeds, windows } = await runSuite({
  program: [new URL("../../bin/allora-pipeline", import.meta.url).pathname],
  lanes: [1, 3, 3, 3],
  kills,
  rounds: 8,
  pointsPerWindow: 4,
  windowBlocks: 80,
  onProgress: ({ kills: done }) => {
    const random = done.filter(isRandom);
    const under = random.filter(({ wasUnderWay }) => wasUnderWay).length;
    console.log(
      `${
        Math.round((Date.now() - startedMs) / 1000)
      } s: ${random.length} of ${kills} random kills, ` +
        `${under} between signed and confirmed, ${done.length - random.length} at crash points`,
    );
  },
});
Deno.stdout.writeSync(new TextEncoder().encode(reportOf(deeds, windows)));
const { lost, doubled, paidTwice } = damageOf(windows, deeds.visited);
Deno.exit(lost + doubled + paidTwice + deeds.complaints.length > 0 ? 1 : 0);
