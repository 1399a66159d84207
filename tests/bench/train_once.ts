/** One full training on so many made-up candles, in a process of its own so that its memory is its own. */
import { train } from "../../src/model/train.ts";
import { HOUR_MS, madeUpCandles } from "../model/synthetic.ts";

const candles = Number(Deno.args[0]);
// A quarter of an hour each, so that 10^4 are enough to train on and 10^6 are 28 years.
const series = { ...madeUpCandles(candles, 7), intervalMs: HOUR_MS / 4 };
train(series, { target: "log-return", horizonMs: 24 * HOUR_MS, learner: "auto" });
