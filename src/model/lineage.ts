import { createHash } from "node:crypto";
import {
  count,
  finite,
  isRecord,
  list,
  orNull,
  positive,
  type Shape,
  shapeDefect,
  text,
} from "./artifact_shape.ts";
import type { Comparison } from "./compare.ts";
import { endMs, type Series } from "./series.ts";

/** Where an artifact comes from. Null is what nobody knows of a model made before this was kept. */
export interface Lineage {
  /** Wall clock, epoch milliseconds. */
  readonly madeMs: number;
  readonly why: string;
  /** How long it took to make, wall milliseconds. */
  readonly tookMs: number | null;
  readonly candles: CandlesUsed | null;
  /** The settings beside those of the artifact's own specification that decide what it learns. */
  readonly pair: string | null;
  readonly venues: readonly string[];
  readonly historyMs: number | null;
  /** Version and commit of the program. */
  readonly code: string | null;
  /** The model that was promoted when this one was made. */
  readonly parent: string | null;
  /** How it compared with the parent; null where there was nothing to compare with. */
  readonly comparison: Comparison | null;
}

/** Candles and their checksum, so that a history that was corrected since can be told. */
export interface CandlesUsed {
  /** Opening of the first and end of the last candle that counts, epoch milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly real: number;
  /** SHA-256 of the columns, hexadecimal. */
  readonly sha256: string;
}

/** Venues may still correct the newest candles, which are fetched again: that is no change of history. */
const UNSETTLED = 24;

/** The candles of a series up to a real one, but for the newest, whose history is not settled. */
export function candlesUsed(series: Series): CandlesUsed {
  // Read again they end with a real candle: a gap after it has nothing that a venue could correct.
  const last = series.real.lastIndexOf(1, Math.max(0, series.real.length - UNSETTLED - 1));
  return candlesTold(series, last + 1);
}

/** The first `length` candles of a series. */
export function candlesTold(series: Series, length: number): CandlesUsed {
  const { startMs, intervalMs, open, high, low, close, volume, real } = series;
  const hash = createHash("sha256").update(`${startMs} ${intervalMs} ${length}`);
  for (const column of [open, high, low, close, volume, real]) {
    const { buffer, byteOffset, BYTES_PER_ELEMENT } = column;
    hash.update(new Uint8Array(buffer, byteOffset, length * BYTES_PER_ELEMENT));
  }
  return {
    fromMs: startMs,
    toMs: endMs(series, length - 1),
    real: real.subarray(0, length).reduce((sum, each) => sum + each, 0),
    sha256: hash.digest("hex"),
  };
}

const SHAPE: Shape = {
  madeMs: finite,
  why: text,
  tookMs: orNull(finite),
  candles: orNull(isRecord),
  pair: orNull(text),
  venues: list(text),
  historyMs: orNull(positive),
  code: orNull(text),
  parent: orNull(text),
  comparison: orNull(isRecord),
};
const CANDLES: Shape = { fromMs: finite, toMs: finite, real: count, sha256: text };
const COMPARISON: Shape = {
  forecasts: count,
  stretches: finite,
  fromMs: orNull(finite),
  toMs: orNull(finite),
  ratio: orNull(isRecord),
};
const RATIO: Shape = { value: finite, low: finite, high: finite };

/** What is wrong with something that should be a lineage; undefined when nothing is. */
export function lineageDefect(value: unknown): string | undefined {
  const wrong = shapeDefect(value, SHAPE, "lineage.");
  if (wrong !== undefined) return wrong;
  // The shape holds from here on.
  const { candles, comparison } = value as Lineage;
  const parts = [
    [candles, CANDLES, "lineage.candles."],
    [comparison, COMPARISON, "lineage.comparison."],
    [comparison?.ratio ?? null, RATIO, "lineage.comparison.ratio."],
  ] as const;
  return parts.map(([part, shape, path]) =>
    part === null ? undefined : shapeDefect(part, shape, path)
  )
    .find((defect) => defect !== undefined);
}
