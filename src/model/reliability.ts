import { blockBootstrap } from "./bootstrap.ts";
import type { Outcomes } from "./scores.ts";

/** A tenth of the forecasts, by size, and what came of them; the interval is 95 %. */
export interface Decile {
  /** Means, in the units in which the target is judged. */
  readonly forecast: number;
  readonly truth: number;
  readonly low: number;
  readonly high: number;
}

const GROUPS = 10;

/**
 * Whether larger forecasts were followed by larger truths: the forecasts in ten groups, lowest first,
 * with a block bootstrap of `block` rows. Empty when the forecasts do not vary enough to be grouped.
 */
export function reliability({ forecast, truth }: Outcomes, block: number): Decile[] {
  const rows = truth.length;
  const order = Int32Array.from(truth.keys()).sort((a, b) => forecast[a]! - forecast[b]!);
  const least = (group: number) => forecast[order[Math.floor(group * rows / GROUPS)]!]!;
  for (let group = 1; group < GROUPS; group++) {
    if (!(least(group) > least(group - 1))) return [];
  }
  const groupOf = new Uint8Array(rows);
  order.forEach((row, rank) => groupOf[row] = Math.floor(rank * GROUPS / rows));
  const columns = Array.from(
    { length: GROUPS },
    (_, group) =>
      [() => 1, (row: number) => truth[row]!, (row: number) => forecast[row]!].map((of) =>
        Float64Array.from(groupOf, (own, row) => own === group ? of(row) : 0)
      ),
  ).flat();
  const estimates = blockBootstrap(
    columns,
    block,
    // A drawing of blocks may miss a group altogether: it then says nothing of it.
    (means) => means.map((mean, i) => mean / (means[i - i % 3]! || Infinity)),
  );
  return Array.from({ length: GROUPS }, (_, group) => {
    const { value, low, high } = estimates[3 * group + 1]!;
    return { forecast: estimates[3 * group + 2]!.value, truth: value, low, high };
  });
}
