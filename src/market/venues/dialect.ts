import { PipelineError } from "../../errors.ts";
import { epochMsOf } from "../rfc3339.ts";

/** What one request asks for. */
export interface Page {
  /** The pair as the venue writes it. */
  readonly symbol: string;
  /** The interval as the venue writes it. */
  readonly interval: string;
  readonly intervalMs: number;
  /** Opening times from `fromMs` (inclusive) to `toMs` (exclusive), epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** How one venue speaks: everything in which it differs from the others. */
export interface Dialect {
  /** As in ALLORA_VENUES. */
  readonly name: string;
  /** Scheme and host are where its key may go, besides loopback. */
  readonly baseUrl: string;
  /** The intervals it has, by their milliseconds. */
  readonly intervals: ReadonlyMap<number, string>;
  /** How many candles to ask for at once. */
  readonly pageSize: number;
  /** How many candles before the present one it can give, when that is not all. */
  readonly reach?: number;
  /** What an answer of status 200 says when the venue asks for patience. */
  readonly busy?: RegExp;
  /** What is waited between two pages, milliseconds. */
  readonly paceMs?: number;
  /** The header of its key, and what stands before the key in it. */
  readonly keyHeader?: { readonly name: string; readonly prefix: string };
  /** What is posted before the first page, and the statuses that mean it is done. */
  readonly opening?: {
    readonly path: string;
    readonly body: unknown;
    readonly statuses: readonly number[];
  };
  symbol(base: string, quote: string): string;
  /** Path and query of a page. */
  path(page: Page): string;
  /** The rows in a parsed answer; what is not an array is told as the answer. Throws when they are another pair's. */
  rows(answer: unknown, page: Page): unknown;
  /** Whether the answer ends before the page does, because the venue gives less at once. */
  isCut?(answer: unknown): boolean;
  /** Where a row has time, open, high, low, close and volume. */
  readonly columns: readonly PropertyKey[];
  /** Epoch milliseconds of a row's time, NaN for what is none. */
  time(value: unknown): number;
  /** Rows come newest first. */
  readonly descending?: true;
  /** Its answers may hold candles that were not asked for. */
  readonly exceeds?: true;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** A number beyond this is in milliseconds: as seconds it would be in the year 5138. */
const FIRST_MS = 1e11;

/** Times that are numbers of milliseconds. */
export function fromMilliseconds(value: unknown): number {
  return typeof value === "number" && value >= FIRST_MS ? value : NaN;
}

/** Times that are seconds, as numbers or in texts. */
export function fromSeconds(value: unknown): number {
  const seconds = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && seconds < FIRST_MS ? seconds * 1000 : NaN;
}

/** Times that are texts of RFC 3339. */
export function fromRfc3339(value: unknown): number {
  return typeof value === "string" ? epochMsOf(value) ?? NaN : NaN;
}

/** A field of whatever a venue has sent, undefined when there is no such thing. */
export function fieldOf(value: unknown, name: PropertyKey): unknown {
  const found: unknown = typeof value === "object" && value !== null
    ? Reflect.get(value, name)
    : undefined;
  return found;
}

/** The error for candles of another pair than the one asked for. */
export function wrongPair(venue: string, found: unknown, { symbol }: Page): PipelineError {
  return new PipelineError(
    "unavailable",
    `Cannot use candles: ${venue} answers with those of ${JSON.stringify(found)}, not of ${symbol}`,
    { hint: "look at what the venue lists; name a second venue in ALLORA_VENUES" },
  );
}
