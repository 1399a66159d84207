import { PipelineError } from "../errors.ts";

export type TargetKind = "log-return" | "price" | "volatility" | "labels";

/** "auto" is the ridge, shrunk until it does no harm; "ridge" is the same fit unshrunk. */
export type Learner = "auto" | "ridge" | "zero" | "mean" | "ewma" | "persistence";

/** What is forecast, how far ahead and by what. */
export interface ModelSpec {
  readonly target: TargetKind;
  /** A whole number of candles. */
  readonly horizonMs: number;
  readonly learner: Learner;
  /** For labels: the classes part at ± barrier·σ√h, 0.5 unless told. */
  readonly barrier?: number;
  /** For labels: names of the classes below, between and above the barriers. */
  readonly labels?: readonly [string, string, string];
}

export const TARGETS: readonly TargetKind[] = ["log-return", "price", "volatility", "labels"];
export const LEARNERS: readonly Learner[] = [
  "auto",
  "ridge",
  "zero",
  "mean",
  "ewma",
  "persistence",
];
export const DEFAULT_BARRIER = 0.5;
export const DEFAULT_LABELS: readonly [string, string, string] = ["down", "neutral", "up"];

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
  if (spec.target === "volatility" && spec.learner === "zero") {
    throw new PipelineError(
      "config",
      "Cannot forecast volatility with zero: volatility is never 0",
      {
        hint: "choose auto, ridge, mean, ewma or persistence",
      },
    );
  }
  if (!((spec.barrier ?? DEFAULT_BARRIER) > 0)) {
    throw new PipelineError("config", `Cannot label: barrier ${spec.barrier} is not above 0`);
  }
  return horizon;
}
