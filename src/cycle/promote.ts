import type { Artifact } from "../model/artifact.ts";
import { type Comparison, isBetter, isHarmful, isHarmless, MOST_HARM } from "../model/compare.ts";
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
  /** The candidate's learner against the forecast that needs no model. */
  readonly record: Comparison;
  /** A person put the incumbent in its place: age alone does not lift that. */
  readonly isPinned: boolean;
  /** The market's now, and the age from which a model gives way to one of good record, milliseconds. */
  readonly nowMs: number;
  readonly maxAgeMs: number;
}

export interface Decision {
  readonly isPromoted: boolean;
  /** In words. */
  readonly reason: string;
}

/**
 * Whether the candidate takes the incumbent's place: a refit of the same learner only when harm is
 * excluded. What shows harm leaves even an old incumbent; where too little has come true since an old one,
 * as it is with long horizons, age decides for a candidate whose record excludes harm against no model at
 * all. A candidate of another learner, and one that stands against a person's choice, must be better beyond
 * chance, whatever the age: noise that is small passes for harmless.
 */
export function decide(contest: Contest): Decision {
  const { mode, candidate, incumbent, unusable, comparison, isPinned, nowMs, maxAgeMs } = contest;
  if (mode === "keep") return stay("no promotion was wanted");
  if (candidate.id === incumbent?.id) return stay("the same candles gave the same model again");
  if (mode === "force") return promote("it was wanted in any case");
  if (unusable !== undefined) return promote(`the one before cannot be used: ${unusable}`);
  if (incumbent === undefined) return promote("it is the topic's first");
  if (comparison === null) return promote("the one before reads features that are not computed");
  if (isPinned) {
    return onlyIfBetter(comparison, "the one before was rolled back to");
  }
  const { learner } = incumbent.spec;
  if (candidate.spec.learner !== learner) {
    return onlyIfBetter(comparison, `the one before is of another learner, ${learner}`);
  }
  const found = wordsOf(comparison);
  if (isHarmless(comparison)) return promote(`harm is excluded: ${found}`);
  if (isHarmful(comparison)) return stay(`it does harm: ${found}`);
  if (nowMs - incumbent.trainedToMs <= maxAgeMs) return stay(`harm cannot be excluded: ${found}`);
  return byAge(contest, incumbent, found);
}

/** Where it is not enough to do no harm. */
function onlyIfBetter(comparison: Comparison, why: string): Decision {
  const found = wordsOf(comparison, "all of it below 1 is better");
  return isBetter(comparison) ? promote(`${why}, and this one is better: ${found}`) : stay(
    `${why}, and this one is not shown to be better, which only --force overrules: ${found}`,
  );
}

function byAge({ record, nowMs, maxAgeMs }: Contest, incumbent: Artifact, found: string): Decision {
  const days = (ms: number) => Math.floor(ms / DAY_MS);
  const age = `the one before is ${days(nowMs - incumbent.trainedToMs)} days old, more than ` +
    `${days(maxAgeMs)}`;
  const words = `${found}; against no model at all, ${wordsOf(record)}`;
  if (isHarmless(record)) return promote(`${age}, and this one's harm is excluded: ${words}`);
  return isHarmful(record)
    ? stay(`${age}, but this one does harm: ${words}`)
    : stay(`${age}, but this one's harm cannot be excluded either: ${words}`);
}

/** A comparison in words, and what its interval is held to. */
export function wordsOf({ forecasts, stretches, ratio }: Comparison, bar = NO_HARM): string {
  if (ratio === null) {
    return `${forecasts} forecasts over ${stretches} independent stretches have come true since, ` +
      `${LEAST_BLOCKS} stretches are needed`;
  }
  const { value, low, high } = ratio;
  return `on ${forecasts} forecasts its squared error is ${
    value.toFixed(4)
  } of the other's, 95 % ` +
    `interval ${low.toFixed(4)} to ${high.toFixed(4)}, ${bar}`;
}

const NO_HARM = `up to ${1 + MOST_HARM} is no harm`;
const DAY_MS = 86_400_000;
const promote = (reason: string): Decision => ({ isPromoted: true, reason });
const stay = (reason: string): Decision => ({ isPromoted: false, reason });
