import { messageOf } from "../../errors.ts";
import type { Candle } from "../../market/candle.ts";
import type { TopicSettings } from "../../settings.ts";
import type { CheckResult } from "../check.ts";
import type { HealthContext } from "../context.ts";
import { nameOf } from "../check_name.ts";
import { editSetting } from "../cure.ts";
import { measured } from "../found.ts";
import { worstFirst } from "../report.ts";
import { span } from "../words.ts";

/** Candles of each venue that are asked for: one may be a little behind another. */
const ASKED = 4;
/** Older than so many intervals, the newest candle is no base for a prediction: nothing is submitted. */
const MAX_AGE = 2;

/** What one venue says of one pair now. */
interface Quote {
  readonly name: string;
  readonly remote: boolean;
  readonly candles: readonly Candle[];
  readonly error: string | undefined;
}

/** Every venue of every pair that is predicted: whether its candles are fresh, and whether two agree. */
export async function market(context: HealthContext): Promise<readonly CheckResult[]> {
  const groups = Map.groupBy(context.settings.topics, keyOf);
  const nowMs = await context.marketNowMs();
  const found = await Promise.all(
    [...groups.values()].map(async ([topic]) => {
      const quotes = await Promise.all(
        context.venues(topic!).map((venue) => quoteOf(context, topic!, venue, nowMs)),
      );
      const { settings } = context;
      return [
        ...freshness(settings, topic!, quotes, nowMs),
        ...agreement(settings, topic!, quotes),
      ];
    }),
  );
  // Topics of one pair may name other venues or limits: of what is found twice the worse is told.
  const worstLast = worstFirst(found.flat()).toReversed();
  return [...new Map(worstLast.map((result) => [nameOf(result), result])).values()];
}

function keyOf({ pair, intervalMs, venues, maxDisagreement, ...topic }: TopicSettings): string {
  const urls = venues.map(({ kind }) => kind === "csv" ? "" : topic[`${kind}Url`]);
  return JSON.stringify([pair, intervalMs, venues, urls, maxDisagreement]);
}

/** "BTC/USD 60min". */
function gridOf({ pair, intervalMs }: TopicSettings): string {
  return `${pair} ${intervalMs / 60_000}min`;
}

/** A failure that took longer leaves no time for another try. */
const QUICK_MS = 5000;
const PAUSE_MS = 500;

/** One failed request condemns no venue: it is asked once more, if the time of the check allows it. */
async function quoteOf(
  context: HealthContext,
  topic: TopicSettings,
  venue: ReturnType<HealthContext["venues"]>[number],
  nowMs: number,
): Promise<Quote> {
  const startMs = performance.now();
  const quote = await askedOnce(context, topic, venue, nowMs);
  if (quote.error === undefined || performance.now() - startMs > QUICK_MS) return quote;
  await context.host.sleep(PAUSE_MS, context.signal);
  return await askedOnce(context, topic, venue, nowMs);
}

async function askedOnce(
  { signal, host }: HealthContext,
  { pair, intervalMs }: TopicSettings,
  venue: ReturnType<HealthContext["venues"]>[number],
  nowMs: number,
): Promise<Quote> {
  const { name, remote = false } = venue;
  const toMs = Math.floor(nowMs / intervalMs) * intervalMs;
  const fromMs = toMs - ASKED * intervalMs;
  try {
    const candles = await venue.candles({
      ...{ pair, intervalMs, fromMs, toMs, nowMs, signal, deadlineMs: host.nowMs() },
    });
    return { name, remote, candles, error: undefined };
  } catch (thrown) {
    return { name, remote, candles: [], error: messageOf(thrown).replace(/\.$/, "") };
  }
}

/** Asks the venues as a visit does, and says what each answered. */
const tryOut = ({ topicId }: TopicSettings) => `allora-pipeline predict --topic ${topicId}`;

type Settings = HealthContext["settings"];

function freshness(
  settings: Settings,
  topic: TopicSettings,
  quotes: readonly Quote[],
  nowMs: number,
): CheckResult[] {
  const { intervalMs } = topic;
  const limit = MAX_AGE * intervalMs;
  const ageOf = ({ candles }: Quote) =>
    nowMs - ((candles.at(-1)?.openMs ?? -Infinity) + intervalMs);
  const isAnyFresh = quotes.some((quote) => ageOf(quote) <= limit);
  const change = "if it lasts, name another venue in ALLORA_VENUES";
  const fix = `${tryOut(topic)}; ${editSetting(settings, "ALLORA_VENUES", change, topic)}`;
  return quotes.map((quote) => {
    const { name, error } = quote;
    const ageMs = ageOf(quote);
    const found = Number.isFinite(ageMs) ? { value: Math.round(ageMs / 1000), unit: "s" } : {};
    const isFresh = ageMs <= limit;
    return {
      ...{
        id: "market",
        subject: `${name} ${gridOf(topic)}`,
        ...found,
        warn: String(limit / 1000),
      },
      status: isFresh ? "OK" : isAnyFresh ? "WARNING" : "CRITICAL",
      message: error ??
        (Number.isFinite(ageMs)
          ? `the newest candle ended ${span(ageMs)} ago`
          : `no candle of the last ${span(ASKED * intervalMs)}`),
      ...isFresh ? {} : { fix },
    };
  });
}

/** Of the distance beyond which neither venue is used: so near to it, a worse hour passes it. */
const NEAR = 0.8;

/** The largest distance between two venues in the newest candle that both have. */
function agreement(
  settings: Settings,
  topic: TopicSettings,
  quotes: readonly Quote[],
): CheckResult[] {
  const { maxDisagreement } = topic;
  const remote = quotes.filter(({ remote }) => remote);
  const [first, ...others] = remote.filter(({ candles }) => candles.length > 0);
  if (remote.length < 2) return [];
  const what = { id: "agreement", subject: gridOf(topic) };
  const change = "take the wrong venue out of ALLORA_VENUES";
  const fix = `${tryOut(topic)}; ${editSetting(settings, "ALLORA_VENUES", change, topic)}`;
  const apart = first === undefined ? [] : others.flatMap((other) => {
    const mine = first.candles.findLast(({ openMs }) =>
      other.candles.some((candle) => candle.openMs === openMs)
    );
    const its = other.candles.find(({ openMs }) => openMs === mine?.openMs);
    if (mine === undefined || its === undefined) return [];
    return { name: other.name, percent: 100 * Math.abs(Math.log(mine.close / its.close)) };
  });
  const worst = apart.sort((a, b) => b.percent - a.percent)[0];
  if (first === undefined) {
    return [{ ...what, status: "UNKNOWN", message: "no venue has a candle", fix: tryOut(topic) }];
  }
  if (worst === undefined) {
    const message = `nobody confirms the closes of ${first.name}`;
    return [{ ...what, status: "WARNING", message, fix: tryOut(topic) }];
  }
  const value = Number(worst.percent.toFixed(3));
  const [warn, crit] = [NEAR, 1].map((part) =>
    String(Number((maxDisagreement * 100 * part).toFixed(3)))
  );
  const message = `${first.name} and ${worst.name} close ${value} % apart`;
  return [measured({ ...what, value, unit: "%", warn: warn!, crit: crit!, message, fix })];
}
