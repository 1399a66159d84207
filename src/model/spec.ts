import { PipelineError } from "../errors.ts";

export type TargetKind = "log-return" | "price" | "volatility" | "labels";

/**
 * "auto" is the ridge, shrunk until it does no harm, or the ensemble where that was better beyond
 * chance; "ensemble" combines the learners by their record; the others speak for themselves.
 */
export type Learner =
  | "auto"
  | "ridge"
  | "trees"
  | "har"
  | "ensemble"
  | "zero"
  | "mean"
  | "ewma"
  | "persistence";

/** What is forecast, how far ahead and by what. */
export interface ModelSpec {
  readonly target: TargetKind;
  /** A whole number of candles. */
  readonly horizonMs: number;
  readonly learner: Learner;
  /** For labels: the barriers stand at ± barrier·σ√h, 1 unless told. */
  readonly barrier?: number;
  /** For labels: names of the classes of the lower barrier, of neither and of the upper one. */
  readonly labels?: readonly [string, string, string];
}

export const TARGETS: readonly TargetKind[] = ["log-return", "price", "volatility", "labels"];
export const LEARNERS: readonly Learner[] = [
  "auto",
  "ridge",
  "trees",
  "har",
  "ensemble",
  "zero",
  "mean",
  "ewma",
  "persistence",
];
/** At 1 a driftless market touches neither barrier about as often as either (0.37 of the time). */
export const DEFAULT_BARRIER = 1;
export const DEFAULT_LABELS: readonly [string, string, string] = ["down", "neutral", "up"];

/** The learners that have something to say of the target. */
export function learnersOf(target: TargetKind): Learner[] {
  const silent = target === "volatility" ? "zero" : "har";
  return LEARNERS.filter((learner) => learner !== silent);
}

/** The horizon in candles; throws "config" for a specification that cannot be met. */
export function horizonCandles(spec: ModelSpec, intervalMs: number): number {
  const horizon = spec.horizonMs / intervalMs;
  if (!(Number.isInteger(horizon) && horizon >= 1)) {
    throw new PipelineError(
      "config",
      `Cannot forecast ${spec.horizonMs} ms ahead: it is not a multiple of the candles' ${intervalMs} ms`,
      { hint: "choose a candle interval that divides the horizon" },
    );
  }
  const learners = learnersOf(spec.target);
  if (!learners.includes(spec.learner)) {
    const why = spec.learner === "zero" ? "volatility is never 0" : "har knows volatility only";
    throw new PipelineError(
      "config",
      `Cannot forecast ${spec.target} with ${spec.learner}: ${why}`,
      { hint: `choose one of ${learners.join(", ")}` },
    );
  }
  if (!((spec.barrier ?? DEFAULT_BARRIER) > 0)) {
    throw new PipelineError("config", `Cannot label: barrier ${spec.barrier} is not above 0`);
  }
  return horizon;
}
