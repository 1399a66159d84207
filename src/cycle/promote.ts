import type { Artifact } from "../model/artifact.ts";
import { type Comparison, isHarmful, isHarmless, MOST_HARM } from "../model/compare.ts";
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
  /** The candidate's learner against the forecast that needs no model; null when nobody compared. */
  readonly record: Comparison | null;
  /** A person put the incumbent in its place: age alone does not lift that. */
  readonly isPinned: boolean;
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
 * Whether the candidate takes the incumbent's place: only when harm is excluded. What shows harm leaves
 * even an old incumbent; where too little has come true since an old one, as it is with long horizons,
 * the candidate's record against no model at all must not show harm either, and then age decides.
 */
export function decide(contest: Contest): Decision {
  const { mode, candidate, incumbent, unusable, comparison, isPinned, nowMs, maxAgeMs } = contest;
  if (mode === "keep") return stay("no promotion was wanted");
  if (candidate.id === incumbent?.id) return stay("the same candles gave the same model again");
  if (mode === "force") return promote("it was wanted in any case");
  if (unusable !== undefined) return promote(`the one before cannot be used: ${unusable}`);
  if (incumbent === undefined) return promote("it is the topic's first");
  if (comparison === null) return promote("the one before reads features that are not computed");
  const found = wordsOf(comparison);
  if (isPinned) return againstPinned(comparison);
  if (isHarmless(comparison)) return promote(`harm is excluded: ${found}`);
  if (isHarmful(comparison)) return stay(`it does harm: ${found}`);
  if (nowMs - incumbent.trainedToMs <= maxAgeMs) return stay(`harm cannot be excluded: ${found}`);
  return byAge(contest, incumbent, found);
}

/** What a person chose gives way to what is better beyond chance. */
function againstPinned(comparison: Comparison): Decision {
  const found = wordsOf(comparison);
  const isBetter = comparison.ratio !== null && comparison.ratio.high < 1;
  return isBetter
    ? promote(`it is better than the one that was rolled back to: ${found}`)
    : stay(`the one before was rolled back to, and this one is not shown to be better: ${found}`);
}

function byAge({ record, nowMs, maxAgeMs }: Contest, incumbent: Artifact, found: string): Decision {
  const days = (ms: number) => Math.floor(ms / DAY_MS);
  const age = `the one before is ${days(nowMs - incumbent.trainedToMs)} days old, more than ` +
    `${days(maxAgeMs)}`;
  if (record === null) return promote(`${age}, and nothing speaks against this one: ${found}`);
  const all = `against no model at all, ${wordsOf(record)}`;
  if (isHarmful(record)) return stay(`${age}, but this one does harm: ${all}`);
  return isHarmless(record)
    ? promote(`${age}, and this one's harm is excluded: ${all}`)
    : promote(`${age}, which decides without evidence either way: ${found}; ${all}`);
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
