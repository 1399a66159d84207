import type { Invocation } from "../command.ts";
import { type Conflict, type Existing, settingParser } from "./existing.ts";
import type { Questions } from "./questions.ts";
import { type SecretFile, secretFile, SECRETS } from "./secrets.ts";

const WITH_KEY = ["atlas", "tiingo"] as const;
const NAME = "ALLORA_VENUES";

/** Where candles come from, and the keys for it. */
export interface VenuePlan {
  readonly settings: ReadonlyMap<string, string>;
  readonly files: readonly SecretFile[];
}

/** Asks for the venues unless they are set, and for the keys that are missing. */
export async function venuePlan(
  questions: Questions,
  invocation: Invocation,
  existing: Existing,
  conflicts: Conflict[],
  cwd: string,
): Promise<VenuePlan> {
  const { values } = invocation;
  const keyed = WITH_KEY.filter((venue) => values[SECRETS[venue].flag] !== undefined);
  const set = values["venues"] === undefined ? existing.setAt(NAME)[0]?.text : undefined;
  // A topic that is on has its candles already.
  const isSettled = set !== undefined || existing.topicIds.length > 0 && keyed.length === 0 &&
      values["venues"] === undefined;
  const venues = isSettled ? set ?? "" : await questions.answer({
    flag: "venues",
    text: "Candles from (atlas, tiingo, binance, coinbase, kraken, bitstamp; in the order to try)",
    byDefault: [...keyed, "binance"].join(","),
    parse: settingParser(NAME, cwd),
  });
  const files: SecretFile[] = [];
  for (const venue of WITH_KEY) {
    if (!venues.split(",").includes(venue) && !keyed.includes(venue)) continue;
    const file = await secretFile(venue, invocation, questions, existing, conflicts);
    if (file !== undefined) files.push(file);
  }
  return { settings: new Map(isSettled ? [] : [[NAME, venues]]), files };
}
