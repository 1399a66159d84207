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

/** Of so many rows one may be no candle. */
const ROWS_PER_FAULT = 100;
/** Among so many newest candles none may be: what is predicted rests on them. */
const SOUND = 3;

/** What a page gave, and what was left out of it because it cannot be. */
export interface PageCandles {
  readonly candles: readonly Candle[];
  readonly faults: readonly string[];
}

/**
 * The candles of a parsed answer that belong to the page, oldest first; a repeated one counts once, one
 * that has not ended is left out. An impossible one is a gap and a fault, unless it is among the newest or
 * one of several in a hundred. Throws "unavailable" for that, and for rows that are no candles at all, are
 * out of order or were not asked for.
 */
export function candlesOf(
  answer: unknown,
  page: Page,
  { dialect, url, nowMs }: {
    readonly dialect: Dialect;
    readonly url: string;
    readonly nowMs: number;
  },
): PageCandles {
  const { fromMs, toMs, intervalMs } = page;
  const rows = dialect.rows(answer, page);
  if (!Array.isArray(rows)) throw unusable(url, `the answer is ${shown(JSON.stringify(rows))}`);
  const found: Candle[] = [];
  const faults: PipelineError[] = [];
  let last: Candle | undefined;
  for (const row of dialect.descending ? rows.toReversed() : rows) {
    const candle = candleOf(row, dialect);
    const source = `${dialect.name} (${new URL(url).host})`;
    if (!Number.isSafeInteger(candle.openMs)) {
      checkCandle(candle, intervalMs, source, "unavailable");
    }
    const isRepeated = candle.openMs === last?.openMs && isSameCandle(candle, last);
    const isWanted = candle.openMs >= fromMs && candle.openMs < toMs;
    const isOrdered = isRepeated || candle.openMs > (last?.openMs ?? -Infinity);
    if (!isOrdered || !(isWanted || dialect.exceeds)) {
      throw unusable(url, `row ${shown(JSON.stringify(row))} is out of order or was not asked for`);
    }
    last = candle;
    if (isRepeated || !isWanted || !isFinal(candle.openMs, intervalMs, nowMs)) continue;
    try {
      found.push(checkCandle(candle, intervalMs, source, "unavailable"));
    } catch (thrown) {
      if (!(thrown instanceof PipelineError)) throw thrown;
      const isOld = candle.openMs < Math.min(toMs, nowMs) - (SOUND + 1) * intervalMs;
      faults.push(thrown);
      if (!isOld || faults.length > Math.ceil(rows.length / ROWS_PER_FAULT)) throw thrown;
    }
  }
  return { candles: found, faults: faults.map(({ message }) => message) };
}

function candleOf(row: unknown, { columns, time }: Dialect): Candle {
  const [at, ...values] = columns.map((column) => fieldOf(row, column));
  const [open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = values.map(numberOf);
  return { openMs: time(at), open, high, low, close, volume };
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
