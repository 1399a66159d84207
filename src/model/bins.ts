/** A table cut into few values per column, for learners that only ask "more or less than". */
export interface Binned {
  /** Row-major, rows × columns: how many of the column's edges a value exceeds. */
  readonly bins: Uint8Array;
  readonly columns: number;
  /** Of each column, ascending and distinct; 63 at most, which makes 64 bins. */
  readonly edges: readonly Float64Array[];
}

const MOST_EDGES = 63;
/** Edges are quantiles of so many rows at most: more would move them by less than a bin. */
const MOST_SORTED = 4096;

/** Cuts each column of row-major `x` at its own quantiles. */
export function binColumns(x: Float64Array, rows: number): Binned {
  const columns = x.length / rows;
  const edges = Array.from({ length: columns }, (_, j) => edgesOf(x, rows, columns, j));
  const bins = new Uint8Array(x.length);
  for (let j = 0; j < columns; j++) {
    const cuts = edges[j]!;
    for (let at = j; at < x.length; at += columns) {
      const value = x[at]!;
      let low = 0;
      let high = cuts.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (cuts[middle]! < value) low = middle + 1;
        else high = middle;
      }
      bins[at] = low;
    }
  }
  return { bins, columns, edges };
}

function edgesOf(x: Float64Array, rows: number, columns: number, j: number): Float64Array {
  const count = Math.min(rows, MOST_SORTED);
  const sorted = Float64Array.from(
    { length: count },
    (_, i) => x[Math.floor(i * rows / count) * columns + j]!,
  ).sort();
  const largest = sorted[count - 1]!;
  const cuts = new Set<number>();
  for (let k = 1; k <= MOST_EDGES; k++) {
    const value = sorted[Math.floor(k * count / (MOST_EDGES + 1))]!;
    // Nothing in the sample lies above the largest value: it parts nothing.
    if (value < largest) cuts.add(value);
  }
  return Float64Array.from(cuts);
}
