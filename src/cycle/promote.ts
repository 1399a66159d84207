import type { Artifact } from "../model/artifact.ts";
import { type Comparison, isHarmless, MOST_HARM } from "../model/compare.ts";
import { LEAST_BLOCKS } from "../model/shrinkage.ts";

/** "compare": promote when harm is excluded; "force": in any case; "keep": in none. */
export type PromotionMode = "compare" | "force" | "keep";

/** A new model beside the one that predicts. */
export interface Contest {
  readonly mode: PromotionMode;
  readonly candidate: Artifact;
  /** Undefined: none is promoted, or it cannot be used, which `unusable` then says. */
  readonly incumbent: Artifact | undefined;
  readonly unusable: string | undefined;
  /** Null when the incumbent reads features that are not computed any more. */
  readonly comparison: Comparison | null;
  /** The market's now, and the age from which a model gives way without a contest, milliseconds. */
  readonly nowMs: number;
  readonly maxAgeMs: number;
}

export interface Decision {
  readonly isPromoted: boolean;
  /** In words. */
  readonly reason: string;
}

/**
 * Whether the candidate takes the incumbent's place. A contest that cannot exclude harm leaves the
 * incumbent: it is known, and is replaced when it is too old anyway.
 */
export function decide(contest: Contest): Decision {
  const { mode, candidate, incumbent, unusable, comparison, nowMs, maxAgeMs } = contest;
  if (mode === "keep") return stay("no promotion was wanted");
  if (candidate.id === incumbent?.id) return stay("the same candles gave the same model again");
  if (mode === "force") return promote("it was wanted in any case");
  if (unusable !== undefined) return promote(`the one before cannot be used: ${unusable}`);
  if (incumbent === undefined) return promote("it is the topic's first");
  const ageDays = Math.floor((nowMs - incumbent.trainedToMs) / DAY_MS);
  if (nowMs - incumbent.trainedToMs > maxAgeMs) {
    const days = Math.round(maxAgeMs / DAY_MS);
    return promote(`the one before is ${ageDays} days old, more than ${days}`);
  }
  if (comparison === null) return promote("the one before reads features that are not computed");
  const found = wordsOf(comparison);
  if (isHarmless(comparison)) return promote(`harm is excluded: ${found}`);
  return stay(`harm cannot be excluded: ${found}`);
}

/** A comparison in words. */
export function wordsOf({ forecasts, stretches, ratio }: Comparison): string {
  if (ratio === null) {
    return `${forecasts} forecasts over ${stretches} independent stretches have come true since, ` +
      `${LEAST_BLOCKS} stretches are needed`;
  }
  const { value, low, high } = ratio;
  return `on ${forecasts} forecasts its squared error is ${
    value.toFixed(4)
  } of the other's, 95 % ` +
    `interval ${low.toFixed(4)} to ${high.toFixed(4)}, up to ${1 + MOST_HARM} is no harm`;
}

const DAY_MS = 86_400_000;
const promote = (reason: string): Decision => ({ isPromoted: true, reason });
const stay = (reason: string): Decision => ({ isPromoted: false, reason });
