import type { LiveError } from "../../cycle/live_error.ts";
import type { Kept } from "../../cycle/model_files.ts";

/** A kept model beside what became of it. */
export interface Shown extends Kept {
  readonly isPromoted: boolean;
  readonly live: LiveError;
}

export const timeText = (ms: number) => `${new Date(ms).toISOString().slice(0, 16)}Z`;
export const ratioText = (value: number | null) => value === null ? "" : value.toFixed(4);

const DAY_MS = 86_400_000;

/** Hours below two days, days from then on. */
export function ageText(ms: number): string {
  return ms < 2 * DAY_MS ? `${Math.floor(ms / 3_600_000)} h` : `${Math.floor(ms / DAY_MS)} d`;
}

/** A model as machines read it. */
export function modelJson({ artifact, lineage, path, isPromoted, live }: Shown) {
  const { id, spec, record, calibration, trainedFromMs, trainedToMs } = artifact;
  const iso = (ms: number) => new Date(ms).toISOString();
  return {
    ...{ id, promoted: isPromoted, learner: spec.learner, path },
    ...{ trained_from: iso(trainedFromMs), trained_to: iso(trainedToMs) },
    made: lineage === undefined ? null : iso(lineage.madeMs),
    why: lineage?.why ?? null,
    parent: lineage?.parent ?? null,
    code: lineage?.code ?? null,
    venues: lineage?.venues ?? [],
    candles_sha256: lineage?.candles?.sha256 ?? null,
    forecasts: record.forecasts,
    mse_ratio: record.mseRatio,
    mse_ratio_unshrunk: record.mseRatioUnshrunk,
    shrink_factor: calibration.factor,
    live: { epochs: live.epochs, mse: live.mse, mse_ratio: live.mseRatio },
  };
}
