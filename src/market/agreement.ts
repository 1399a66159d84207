import { messageOf, PipelineError } from "../errors.ts";
import { timeText } from "./candle.ts";
import type { Answer } from "./failover.ts";
import type { CandleQuery, Venue } from "./venue.ts";

/** Venues do not agree on a price: which one is right, no fallback can know. */
export class Disagreement extends PipelineError {}

/** How many of its last candles a second venue is asked for: it may be a little behind. */
const COMPARED = 3;

/**
 * Compares the newest close of an answer with that of another venue, the first that has one, when two or
 * more can be asked over the network. Throws a Disagreement with both prices when they are further apart
 * than `maxDisagreement` (a log-return). Returns what kept venues from being compared, when none was.
 */
export async function compareCloses(
  { candles, venue, passedOver }: Answer,
  venues: readonly Venue[],
  query: CandleQuery,
  maxDisagreement: number,
): Promise<readonly string[]> {
  const newest = candles.at(-1);
  const remote = venues.filter((each) => each.remote);
  if (newest === undefined || remote.length < 2) return [];
  const { intervalMs, pair } = query;
  const toMs = newest.openMs + intervalMs;
  const complaints: string[] = [];
  for (const second of remote) {
    if (second === venue || passedOver.includes(second)) continue;
    const others = await second.candles({ ...query, toMs, fromMs: toMs - COMPARED * intervalMs })
      .catch((thrown) => {
        if (thrown instanceof PipelineError) return thrown;
        throw thrown;
      });
    if (others instanceof PipelineError) {
      complaints.push(`${second.name} said: ${messageOf(others)}`);
      continue;
    }
    const other = others.at(-1);
    const mine = candles.findLast(({ openMs }) => openMs === other?.openMs);
    if (other === undefined || mine === undefined) {
      complaints.push(`${second.name} has none of the last ${COMPARED} candles`);
      continue;
    }
    const endMs = mine.openMs + intervalMs;
    assertClose(pair, endMs, [venue.name, mine.close], [second.name, other.close], maxDisagreement);
    return complaints;
  }
  const why = complaints.join("; ") || "no second venue answers";
  return [`${why}; ${venue.name} is not compared`];
}

/** Throws a Disagreement when two venues' closes at `endMs` are further apart than allowed. */
export function assertClose(
  pair: string,
  endMs: number,
  [venue, close]: readonly [string, number],
  [other, otherClose]: readonly [string, number],
  maxDisagreement: number,
): void {
  const apart = Math.abs(Math.log(close / otherClose));
  if (apart <= maxDisagreement) return;
  const percent = (part: number) => `${(part * 100).toFixed(2)} %`;
  throw new Disagreement(
    "unavailable",
    `Cannot trust ${pair} candles: ${venue} closes at ${close} and ${other} at ` +
      `${otherClose} at ${timeText(endMs)}, ${percent(apart)} apart, ` +
      `more than ${percent(maxDisagreement)}`,
    { hint: "look at both, and take the wrong one out of ALLORA_VENUES" },
  );
}
