import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { driftFrom, FALSE_ALARMS_PERCENT } from "../../src/model/drift.ts";
import { baseCandles } from "../../src/model/grid.ts";
import { stateProblem } from "../../src/model/problem.ts";
import { replay } from "../../src/model/replay.ts";
import { walkForward } from "../../src/model/walk_forward.ts";
import { recordedCandles } from "./candles.ts";
import { HOUR_MS } from "./synthetic.ts";

const DAYS = 30;

function normals(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Squared errors of Student's t with 3 degrees of freedom: the variance of the squares is infinite. */
function heavy(seed: number): () => number {
  const normal = normals(seed);
  return () => {
    const chi = [0, 0, 0].reduce((sum) => sum + normal() ** 2, 0);
    return normal() ** 2 / (chi / 3);
  };
}

/** Whether one of a month's daily looks called a model drifting that was trained at `from`. */
function isAlarmed(losses: readonly number[], from: number, perDay: number): boolean {
  return Array.from({ length: DAYS }, (_, day) => losses.slice(0, from + (day + 1) * perDay))
    .some((known) => driftFrom(known, from) !== undefined);
}

for (const [hours, perDay] of [[1, 24], [8, 3], [24, 1]] as const) {
  Deno.test(`driftFrom() keeps its false-alarm rate over a month of heavy tails, ${hours} h ahead`, () => {
    const months = 200;
    for (const before of [0, DAYS * perDay]) {
      let alarmed = 0;
      for (let seed = 1; seed <= months; seed++) {
        const loss = heavy(1000 * hours + seed);
        const losses = Array.from({ length: before + DAYS * perDay }, loss);
        if (isAlarmed(losses, before, perDay)) alarmed++;
      }
      assert(alarmed <= FALSE_ALARMS_PERCENT / 100 * months, `${alarmed} of ${months}`);
    }
  });
}

Deno.test("driftFrom() keeps it for months of models on recorded BTC/USD; zero cannot drift", async () => {
  const series = await recordedCandles();
  for (const hours of [1, 8, 24]) {
    const spec = { target: "log-return", horizonMs: hours * HOUR_MS, learner: "ridge" } as const;
    const problem = stateProblem(series, spec, baseCandles(series, spec, hours));
    const walk = walkForward(problem);
    const { point } = replay(walk, spec);
    const rows = [...problem.truth.keys()]
      .filter((row) => row >= walk.first && !Number.isNaN(problem.truth[row]!));
    const month = DAYS * 24 / hours;
    const alarmsOf = (forecast: Float64Array) => {
      const losses = rows.map((row) => {
        const truth = problem.truth[row]!;
        return ((truth - forecast[row]!) ** 2 - truth ** 2) / problem.scale[row]! ** 2;
      });
      const lives = Math.floor(rows.length / month);
      const alarmed = Array.from({ length: lives }, (_, life) => life * month)
        .filter((from) => isAlarmed(losses.slice(0, from + month), from, 24 / hours));
      return alarmed.length / lives;
    };
    assertEquals(alarmsOf(new Float64Array(point.length)), 0);
    const rate = alarmsOf(point);
    assert(rate <= FALSE_ALARMS_PERCENT / 100, `${hours} h: ${rate}`);
  }
});

Deno.test("driftFrom() hears within 60 losses that errors have doubled, in 4 of 5 cases, and where", () => {
  const seeds = 200;
  let heard = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    const normal = normals(seed);
    const losses = Array.from({ length: 180 }, (_, i) => (normal() * (i < 120 ? 1 : 2)) ** 2);
    const at = [30, 40, 50, 60].map((seen) => driftFrom(losses.slice(0, 120 + seen), 90))
      .find((found) => found !== undefined);
    if (at !== undefined && at > 100 && at < 160) heard++;
  }
  assert(heard >= 0.8 * seeds, `${heard} of ${seeds}`);
});

Deno.test("driftFrom() says nothing of few losses, of losses that never change or that fall", () => {
  assertEquals(driftFrom([], 0), undefined);
  assertEquals(driftFrom([...Array(10).fill(1), ...Array(9).fill(1000)], 0), undefined);
  assertEquals(driftFrom(Array(500).fill(1), 0), undefined);
  const normal = normals(1);
  const falling = Array.from({ length: 120 }, (_, i) => (normal() * (i < 60 ? 2 : 0.5)) ** 2);
  assertEquals(driftFrom(falling, 0), undefined);
});
