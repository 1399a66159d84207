import { messageOf, PipelineError } from "../errors.ts";
import { timeText } from "./candle.ts";
import type { Answer } from "./failover.ts";
import type { CandleQuery, Venue } from "./venue.ts";

/** How many of its last candles a second venue is asked for: it may be a little behind. */
const COMPARED = 3;

/**
 * Compares the newest close of an answer with that of a second venue, when two or more can be asked over
 * the network. Throws "unavailable" with both prices when they are further apart than `maxDisagreement`
 * (a log-return). Returns a complaint when there was nothing to compare with, else undefined.
 */
export async function compareCloses(
  { candles, venue, passedOver }: Answer,
  venues: readonly Venue[],
  query: CandleQuery,
  maxDisagreement: number,
): Promise<string | undefined> {
  const newest = candles.at(-1);
  const remote = venues.filter((each) => each.remote);
  if (newest === undefined || remote.length < 2) return undefined;
  const second = remote.find((each) => each !== venue && !passedOver.includes(each));
  if (second === undefined) return `no second venue answers: ${venue.name} is not compared`;

  const { intervalMs, pair } = query;
  const toMs = newest.openMs + intervalMs;
  const others = await second.candles({ ...query, toMs, fromMs: toMs - COMPARED * intervalMs })
    .catch((thrown) => {
      if (thrown instanceof PipelineError) return thrown;
      throw thrown;
    });
  if (others instanceof PipelineError) {
    return `${second.name} said: ${messageOf(others)}; ${venue.name} is not compared`;
  }
  const other = others.at(-1);
  const mine = candles.findLast(({ openMs }) => openMs === other?.openMs);
  if (other === undefined || mine === undefined) {
    return `${second.name} has none of the last ${COMPARED} candles: ${venue.name} is not compared`;
  }
  const apart = Math.abs(Math.log(mine.close / other.close));
  if (apart <= maxDisagreement) return undefined;
  const percent = (part: number) => `${(part * 100).toFixed(2)} %`;
  throw new PipelineError(
    "unavailable",
    `Cannot trust ${pair} candles: ${venue.name} closes at ${mine.close} and ${second.name} at ` +
      `${other.close} at ${timeText(mine.openMs + intervalMs)}, ${percent(apart)} apart, ` +
      `more than ${percent(maxDisagreement)}`,
    { hint: "look at both, and take the wrong one out of ALLORA_VENUES" },
  );
}
