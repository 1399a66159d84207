import { canonicalText, compare, midpoint, parseDecimal } from "./decimal.ts";

/** What the network says, label by label, in the epoch's label order. */
export interface NetworkInference {
  readonly combined: readonly string[];
  readonly naive: readonly string[];
}

/**
 * The median of the inferers' values for each label, which is what the chain answers for a topic
 * without regrets yet. `rows`: one dense row of values per inferer; undefined without inferers.
 */
export function networkInference(
  labels: readonly string[],
  rows: readonly (readonly string[])[],
): NetworkInference | undefined {
  if (rows.length === 0) return undefined;
  const combined = labels.map((_, column) => median(rows.map((row) => row[column] ?? "0")));
  // a single value has no naive inference before there are regrets
  return { combined, naive: labels.length === 1 ? ["0"] : combined };
}

/** Throws TypeError for an empty list. */
export function median(texts: readonly string[]): string {
  const sorted = texts.map(parseDecimal).sort(compare);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) {
    throw new TypeError("Cannot take a median of nothing");
  }
  return canonicalText(low === high ? low : midpoint(low, high));
}
