import { messageOf, PipelineError } from "../../errors.ts";
import { type Candle, checkCandle, isFinal, isSameCandle, numberFrom } from "../candle.ts";
import { type Dialect, fieldOf, type Page } from "./dialect.ts";

/** Where venues put what went wrong: Kraken an array, Tiingo `detail`, Atlas `error` and `details`, Binance `msg`. */
const ERROR_FIELDS = ["msg", "message", "error", "errors", "detail", "details", "reason"];
/** What a venue says, with status 200 too, of a pair that it does not list. */
const UNKNOWN_PAIR = /unknown asset pair|invalid symbol/i;

/** A venue's answer as parsed JSON; throws what it says was wrong, which may come with status 200. */
export function parseAnswer(text: string, url: string): unknown {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch (thrown) {
    throw unusable(url, `the answer is not JSON: ${messageOf(thrown)}`);
  }
  const said = ERROR_FIELDS.map((name) => fieldOf(answer, name)).find(isSaid);
  if (said === undefined) return answer;
  const message = typeof said === "string" ? said : JSON.stringify(said);
  if (!UNKNOWN_PAIR.test(message)) throw unusable(url, `the answer is ${shown(message)}`);
  throw new PipelineError(
    "config",
    `Cannot read candles: ${url}: the answer is ${shown(message)}`,
    {
      hint: "check the pair of the topic",
    },
  );
}

/**
 * The candles of a parsed answer that belong to the page, oldest first; a repeated one counts once, one
 * that has not ended is left out. Throws "unavailable" for rows that are no candles, are out of order or
 * were not asked for.
 */
export function candlesOf(
  answer: unknown,
  page: Page,
  { dialect, url, nowMs }: {
    readonly dialect: Dialect;
    readonly url: string;
    readonly nowMs: number;
  },
): readonly Candle[] {
  const { fromMs, toMs, intervalMs } = page;
  const rows = dialect.rows(answer, page);
  if (!Array.isArray(rows)) throw unusable(url, `the answer is ${shown(JSON.stringify(rows))}`);
  const found: Candle[] = [];
  let last: Candle | undefined;
  for (const row of dialect.descending ? rows.toReversed() : rows) {
    const candle = candleOf(row, dialect, intervalMs, new URL(url).host);
    const isRepeated = candle.openMs === last?.openMs && isSameCandle(candle, last);
    const isWanted = candle.openMs >= fromMs && candle.openMs < toMs;
    const isOrdered = isRepeated || candle.openMs > (last?.openMs ?? -Infinity);
    if (!isOrdered || !(isWanted || dialect.exceeds)) {
      throw unusable(url, `row ${shown(JSON.stringify(row))} is out of order or was not asked for`);
    }
    last = candle;
    if (!isRepeated && isWanted && isFinal(candle.openMs, intervalMs, nowMs)) found.push(candle);
  }
  return found;
}

function candleOf(
  row: unknown,
  { name, columns, time }: Dialect,
  intervalMs: number,
  host: string,
) {
  const [at, ...values] = columns.map((column) => fieldOf(row, column));
  const [open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = values.map(numberOf);
  const candle = { openMs: time(at), open, high, low, close, volume };
  return checkCandle(candle, intervalMs, `${name} (${host})`, "unavailable");
}

/** Some venues write prices as numbers, others as texts, and some have changed from one to the other. */
function numberOf(value: unknown): number {
  return typeof value === "string"
    ? numberFrom(value) ?? NaN
    : typeof value === "number"
    ? value
    : NaN;
}

function isSaid(value: unknown): boolean {
  return typeof value === "string"
    ? value !== ""
    : Array.isArray(value)
    ? value.length > 0
    : typeof value === "object" && value !== null;
}

const shown = (text: string | undefined) => messageOf(text).slice(0, 200);

function unusable(url: string, what: string): PipelineError {
  return new PipelineError("unavailable", `Cannot read candles: ${url}: ${what}`, {
    hint: "the next visit asks again; name a second venue in ALLORA_VENUES",
  });
}
