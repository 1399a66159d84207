import type { Series } from "./series.ts";

/**
 * √Σr² of the log-returns between consecutive closes, in log-return units over the whole span (not per
 * year). Undefined unless every candle is a real one.
 */
export function realisedVolatility({ close, real }: Series): number | undefined {
  let sum = 0;
  for (let i = 0; i < close.length; i++) {
    if (real[i] !== 1) return undefined;
    if (i > 0) sum += Math.log(close[i]! / close[i - 1]!) ** 2;
  }
  return close.length < 2 ? undefined : Math.sqrt(sum);
}
