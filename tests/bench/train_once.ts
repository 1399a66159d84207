/**
 * One full training on so many made-up candles, in a process of its own so that its memory is its own.
 * With a second argument candles of an hour, against a model of a month ago as when it is retrained; prints
 * the longest time in which nothing else had its turn, milliseconds.
 */
import { tail } from "../../src/model/series.ts";
import { train, trainStepwise } from "../../src/model/train.ts";
import { HOUR_MS, madeUpCandles } from "../model/synthetic.ts";

const candles = Number(Deno.args[0]);
const spec = { target: "log-return", horizonMs: 24 * HOUR_MS, learner: "auto" } as const;
if (Deno.args[1] === undefined) {
  // A quarter of an hour each, so that 10^4 are enough to train on and 10^6 are 28 years.
  train({ ...madeUpCandles(candles, 7), intervalMs: HOUR_MS / 4 }, spec);
} else {
  const series = madeUpCandles(candles, 7);
  const incumbent = train(tail(series, 10_000), spec);
  const steps = trainStepwise(series, spec, { ...incumbent, trainedToMs: series.startMs });
  let longest = 0;
  for (let start = performance.now();;) {
    const { done } = steps.next();
    const end = performance.now();
    longest = Math.max(longest, end - start);
    if (done) break;
    start = end;
  }
  console.log(longest.toFixed(0));
}
