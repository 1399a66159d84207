import type { Series } from "./series.ts";

/** −1: the lower barrier was touched first; 1: the upper one; 0: neither within the horizon. */
export type Class = -1 | 0 | 1;

/**
 * The triple-barrier label of candle `base` (López de Prado 2018, chapter 3): which of
 * close·exp(± barrier·sigma) the highs and lows of the next `horizon` candles touch first. Where one
 * candle touches both, the barrier nearer to its open counts as the first.
 *
 * Undefined while the horizon has not passed, and when a filled candle hides a part of the path that
 * matters: the base, the end, or any before the touch.
 *
 * @param horizon in candles
 * @param barrier distance of the barriers, in `sigma`
 * @param sigma the market's volatility over the horizon (σ√h), in log-return units
 */
export function tripleBarrier(
  series: Series,
  base: number,
  horizon: number,
  barrier: number,
  sigma: number,
): Class | undefined {
  const { close, high, low, open, real } = series;
  const end = base + horizon;
  if (end >= close.length || real[base] !== 1 || real[end] !== 1) return undefined;
  const reach = Math.exp(barrier * sigma);
  const upper = close[base]! * reach;
  const lower = close[base]! / reach;
  for (let t = base + 1; t <= end; t++) {
    if (real[t] !== 1) return undefined;
    const isUp = high[t]! >= upper;
    const isDown = low[t]! <= lower;
    if (isUp && isDown) return upper / open[t]! <= open[t]! / lower ? 1 : -1;
    if (isUp) return 1;
    if (isDown) return -1;
  }
  return 0;
}
