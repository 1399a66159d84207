import { binColumns, type Binned } from "./bins.ts";
import { seededRandom } from "./bootstrap.ts";

/**
 * A sum of regression trees, as flat arrays: each tree is complete, node n has its children at 2n + 1
 * and 2n + 2, and 2^depth leaves follow in order. Where a node was not worth a split its threshold is
 * the largest number, so that every row goes left.
 */
export interface Trees {
  /** What every row starts from. */
  readonly intercept: number;
  readonly depth: number;
  /** Column that each node asks about, trees × (2^depth − 1). */
  readonly column: ArrayLike<number>;
  /** A row goes left when its value is at most this; as many. */
  readonly threshold: ArrayLike<number>;
  /** What each leaf adds, trees × 2^depth. */
  readonly leaf: ArrayLike<number>;
}

/** How trees are grown. */
export interface Growth {
  readonly trees: number;
  readonly depth: number;
  /** Share of each tree's correction that is believed. */
  readonly rate: number;
  /** L2 penalty: imagined rows without a residual in every leaf. */
  readonly penalty: number;
  /** Fewest rows of the sample in a leaf. */
  readonly leastLeaf: number;
  /** Share of the rows that each tree sees. */
  readonly sample: number;
  readonly seed: number;
}

/** Stands for a split that never happens; finite, because JSON has no infinity. */
const NEVER = Number.MAX_VALUE;

/**
 * Gradient boosting for squared loss on histograms of 64 bins (Friedman 2002, Ke et al. 2017), each
 * tree grown level by level on a sample of the rows. `x` is row-major, x.length / y.length columns.
 */
export function fitTrees(x: Float64Array, y: Float64Array, growth: Growth): Trees {
  const { trees, depth, rate, sample } = growth;
  const rows = y.length;
  const binned = binColumns(x, rows);
  const intercept = y.reduce((sum, value) => sum + value, 0) / rows;
  const residual = y.map((value) => value - intercept);
  const [nodes, leaves] = [2 ** depth - 1, 2 ** depth];
  const column = new Int32Array(trees * nodes);
  const threshold = new Float64Array(trees * nodes).fill(NEVER);
  const leaf = new Float64Array(trees * leaves);
  const random = seededRandom(growth.seed);
  const seen = new Int32Array(rows);
  const leafOf = new Uint16Array(rows);

  for (let tree = 0; tree < trees; tree++) {
    let count = 0;
    for (let row = 0; row < rows; row++) if (random() < sample) seen[count++] = row;
    const grown = growTree(binned, residual, seen.slice(0, count), growth);
    grown.splits.forEach((split, node) => {
      if (split === undefined) return;
      column[tree * nodes + node] = split.column;
      threshold[tree * nodes + node] = binned.edges[split.column]![split.bin]!;
    });
    descend(binned, grown.splits, depth, leafOf);
    for (let l = 0; l < leaves; l++) leaf[tree * leaves + l] = rate * grown.leaves[l]!;
    for (let row = 0; row < rows; row++) residual[row]! -= leaf[tree * leaves + leafOf[row]!]!;
  }
  return { intercept, depth, column, threshold, leaf };
}

/** The forecast for row `row` of row-major `x` with `columns` columns. */
export function applyTrees(trees: Trees, x: Float64Array, row: number, columns: number): number {
  const { depth, column, threshold, leaf } = trees;
  const [nodes, leaves] = [2 ** depth - 1, 2 ** depth];
  const from = row * columns;
  let sum = trees.intercept;
  for (let first = 0, base = 0; base < leaf.length; first += nodes, base += leaves) {
    let node = 0;
    for (let level = 0; level < depth; level++) {
      const at = first + node;
      node = 2 * node + (x[from + column[at]!]! <= threshold[at]! ? 1 : 2);
    }
    sum += leaf[base + node - nodes]!;
  }
  return sum;
}

interface Split {
  readonly column: number;
  /** Rows whose bin is at most this go left. */
  readonly bin: number;
}

/** Sums of residuals and numbers of rows, columns × bins. */
interface Histogram {
  readonly sum: Float64Array;
  readonly count: Float64Array;
}

interface Node {
  readonly rows: Int32Array;
  readonly histogram: Histogram;
}

function growTree(
  binned: Binned,
  residual: Float64Array,
  sample: Int32Array,
  { depth, penalty, leastLeaf }: Growth,
): { splits: (Split | undefined)[]; leaves: Float64Array } {
  const splits: (Split | undefined)[] = [];
  let level: Node[] = [{ rows: sample, histogram: histogramOf(binned, residual, sample) }];
  for (let d = 0; d < depth; d++) {
    const next: Node[] = [];
    // The histograms of the last level's children would not be looked at.
    const isLast = d === depth - 1;
    for (const node of level) {
      const split = bestSplit(binned, node.histogram, penalty, leastLeaf);
      splits.push(split);
      next.push(...children(binned, residual, node, split, isLast));
    }
    level = next;
  }
  const leaves = Float64Array.from(level, ({ rows }) => {
    let sum = 0;
    for (const row of rows) sum += residual[row]!;
    return rows.length === 0 ? 0 : sum / (rows.length + penalty);
  });
  return { splits, leaves };
}

/** The rows left and right of a split; only the smaller child's histogram is counted anew. */
function children(
  { bins, columns }: Binned,
  residual: Float64Array,
  node: Node,
  split: Split | undefined,
  isLast: boolean,
): [Node, Node] {
  const { rows, histogram } = node;
  if (split === undefined) return [node, { rows: NO_ROWS, histogram: NOTHING }];
  const left = new Int32Array(rows.length);
  const right = new Int32Array(rows.length);
  let [l, r] = [0, 0];
  for (const row of rows) {
    if (bins[row * columns + split.column]! <= split.bin) left[l++] = row;
    else right[r++] = row;
  }
  const [leftRows, rightRows] = [left.subarray(0, l), right.subarray(0, r)];
  if (isLast) {
    return [{ rows: leftRows, histogram: NOTHING }, { rows: rightRows, histogram: NOTHING }];
  }
  const small = histogramOf({ bins, columns }, residual, l < r ? leftRows : rightRows);
  // The parent's is not needed again: what is left of it is the larger child's.
  for (let cell = 0; cell < small.sum.length; cell++) {
    histogram.sum[cell]! -= small.sum[cell]!;
    histogram.count[cell]! -= small.count[cell]!;
  }
  return [
    { rows: leftRows, histogram: l < r ? small : histogram },
    { rows: rightRows, histogram: l < r ? histogram : small },
  ];
}

const BINS = 64;
const NO_ROWS = new Int32Array();
const NOTHING: Histogram = { sum: new Float64Array(), count: new Float64Array() };

function histogramOf(
  { bins, columns }: Pick<Binned, "bins" | "columns">,
  residual: Float64Array,
  rows: Int32Array,
): Histogram {
  const sum = new Float64Array(columns * BINS);
  const count = new Float64Array(columns * BINS);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const value = residual[row]!;
    const from = row * columns;
    for (let j = 0, base = 0; j < columns; j++, base += BINS) {
      const cell = base + bins[from + j]!;
      sum[cell]! += value;
      count[cell]! += 1;
    }
  }
  return { sum, count };
}

/** The split that lowers the squared error most; undefined when none does with enough rows aside. */
function bestSplit(
  { columns, edges }: Binned,
  { sum, count }: Histogram,
  penalty: number,
  leastLeaf: number,
): Split | undefined {
  let [rows, total] = [0, 0];
  for (let bin = 0; bin < BINS && sum.length > 0; bin++) {
    rows += count[bin]!;
    total += sum[bin]!;
  }
  if (rows < 2 * leastLeaf) return undefined;
  let best: Split | undefined;
  let most = total * total / (rows + penalty) + 1e-12;
  for (let column = 0; column < columns; column++) {
    let [left, leftSum] = [0, 0];
    const last = edges[column]!.length;
    for (let bin = 0; bin < last; bin++) {
      left += count[column * BINS + bin]!;
      leftSum += sum[column * BINS + bin]!;
      const right = rows - left;
      if (left < leastLeaf || right < leastLeaf) continue;
      const rightSum = total - leftSum;
      const gain = leftSum * leftSum / (left + penalty) + rightSum * rightSum / (right + penalty);
      if (gain > most) [most, best] = [gain, { column, bin }];
    }
  }
  return best;
}

/** The leaf of every row, in the sample or not. */
function descend(
  { bins, columns }: Binned,
  splits: readonly (Split | undefined)[],
  depth: number,
  leafOf: Uint16Array,
): void {
  const nodes = 2 ** depth - 1;
  const column = Int32Array.from(splits, (split) => split?.column ?? 0);
  const bin = Int32Array.from(splits, (split) => split?.bin ?? BINS);
  for (let row = 0; row < leafOf.length; row++) {
    let node = 0;
    for (let level = 0; level < depth; level++) {
      node = 2 * node + (bins[row * columns + column[node]!]! <= bin[node]! ? 1 : 2);
    }
    leafOf[row] = node - nodes;
  }
}
