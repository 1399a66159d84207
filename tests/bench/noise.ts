/**
 * How often noise is promoted: 200 markets without anything to learn, every candidate against the model
 * that predicts. Exits with 1 where the bar is missed.
 */
import { table } from "../../src/host/terminal.ts";
import { countNoise } from "../model/noise_markets.ts";

const SEEDS = 200;
const MOST = 0.05 * SEEDS;
const CONTESTS = [
  ["auto", ["auto", "ridge", "trees", "ensemble"]],
  ["zero", ["ridge"]],
  ["ridge", ["ridge"]],
] as const;

console.log("counting how often noise is promoted, for some minutes ...");
const rows = [[`pure noise, ${SEEDS} markets`, "promoted", "by age", "they add noise", "by age"]];
let isMissed = false;
for (const [incumbent, candidates] of CONTESTS) {
  for (const count of countNoise(incumbent, candidates, SEEDS)) {
    const { learner, promoted, promotedByAge, noisier, noisierByAge } = count;
    const isRefit = learner === incumbent;
    const name = isRefit ? `${learner}, refitted` : `${learner} over ${incumbent}`;
    rows.push([name, ...[promoted, promotedByAge, noisier, noisierByAge].map(String)]);
    const counted = isRefit ? [noisier, noisierByAge] : [promoted, promotedByAge];
    isMissed ||= counted.some((each) => each > MOST);
  }
}
const align = rows[0]!.map((_, column) => column === 0 ? "left" as const : "right" as const);
console.log(`${table(rows, { align })}
At most ${MOST}: another learner promoted, and a refit that adds noise, which is more than 2 % of squared error
over the incumbent's. By age: had nothing come true since, and were the incumbent too old.`);
if (isMissed) Deno.exit(1);
