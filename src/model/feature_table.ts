import { PipelineError } from "../errors.ts";
import { stateProblem, warmUp } from "./problem.ts";
import { checkSeries, endMs, type Series } from "./series.ts";
import type { ModelSpec } from "./spec.ts";

/** What a model is trained with elsewhere: a row for each candle that is no gap and has its past. */
export interface FeatureTable {
  readonly features: readonly string[];
  readonly rows: readonly TableRow[];
}

export interface TableRow {
  /** End of the candle, epoch milliseconds. */
  readonly asOfMs: number;
  readonly values: readonly number[];
  /**
   * What the output for this row should have been: the log-return over σ√h, the logarithm of the
   * volatility, or the class −1, 0, 1; undefined while it has not come, or where a gap hides it.
   */
  readonly target: number | undefined;
}

/** The table of all candles. Throws "invalid" when they are unusable or too few. */
export function featureTable(series: Series, spec: ModelSpec): FeatureTable {
  checkSeries(series);
  const first = warmUp(spec, series.intervalMs);
  const candles = Int32Array.from(series.close.keys())
    .filter((t) => t >= first && series.real[t] === 1);
  if (candles.length === 0) {
    throw new PipelineError(
      "invalid",
      `Cannot compute features: ${series.close.length} candles are less than the ${
        first + 1
      } they read`,
      { hint: "fetch more candles: check ALLORA_VENUES and ALLORA_HISTORY" },
    );
  }
  const { features, x, truth, scale, classes } = stateProblem(series, spec, candles);
  const width = features.length;
  const rows = Array.from(candles, (t, row) => {
    const came = spec.target === "labels" ? classes[row] : truth[row]! / scale[row]!;
    return {
      asOfMs: endMs(series, t),
      values: Array.from(x.subarray(row * width, (row + 1) * width)),
      target: Number.isNaN(truth[row]) ? undefined : came,
    };
  });
  return { features, rows };
}
