import { mean } from "simple-statistics";
import { PipelineError } from "../errors.ts";
import { applyRidge, fitStandardRidge } from "./linear.ts";
import { applyTrees, fitTrees, type Growth } from "./trees.ts";

/** Errors on a held-out table. */
export interface TableScore {
  /** 1 − squared error over that of the mean of the test outcomes. */
  readonly r2: number;
  readonly mae: number;
  readonly mse: number;
}

export interface BenchmarkScore {
  readonly ridge: TableScore;
  readonly trees: TableScore;
  readonly trainRows: number;
  readonly testRows: number;
  readonly columns: number;
}

/** Many shallow trees: the tables are small, and little in them is noise. */
const GROWTH: Growth = {
  trees: 600,
  depth: 2,
  rate: 0.1,
  penalty: 1,
  leastLeaf: 5,
  sample: 0.7,
  seed: 1,
};

/**
 * Fits the linear learner and the trees to a table and scores them on another: a check of the
 * arithmetic on synthetic data, not of any skill. `benchmark` is an untrusted { Xtr, ytr, Xte, yte }
 * with tables as arrays of rows; throws "invalid" naming the part that is not.
 */
export function evaluateBenchmark(benchmark: unknown): BenchmarkScore {
  const part = (name: string): unknown =>
    typeof benchmark === "object" && benchmark !== null
      ? Object.getOwnPropertyDescriptor(benchmark, name)?.value
      : undefined;
  const ytr = numbers(part("ytr"), "ytr");
  const yte = numbers(part("yte"), "yte");
  const xtr = table(part("Xtr"), "Xtr", ytr.length);
  const columns = xtr.length / ytr.length;
  const xte = table(part("Xte"), "Xte", yte.length);
  if (xte.length !== columns * yte.length) {
    throw malformed(`Xte has ${xte.length / yte.length} columns and Xtr ${columns}`);
  }
  // Rows of the table are independent: each "label" ends where it begins.
  const ridge = fitStandardRidge({
    x: xtr,
    y: ytr,
    candles: ytr.keys().toArray(),
    horizon: 0,
    strengths: [1e-4, 1e-3, 1e-2, 0.1, 1, 10],
  });
  const trees = fitTrees(xtr, ytr, GROWTH);
  return {
    ridge: scoreOf(yte, (row) => applyRidge(ridge, xte, row)),
    trees: scoreOf(yte, (row) => applyTrees(trees, xte, row, columns)),
    trainRows: ytr.length,
    testRows: yte.length,
    columns,
  };
}

function scoreOf(truth: Float64Array, forecast: (row: number) => number): TableScore {
  const errors = Array.from(truth, (y, row) => y - forecast(row));
  const average = mean(Array.from(truth));
  const mse = mean(errors.map((error) => error ** 2));
  return {
    r2: 1 - mse / mean(Array.from(truth, (y) => (y - average) ** 2)),
    mae: mean(errors.map(Math.abs)),
    mse,
  };
}

function table(value: unknown, name: string, rows: number): Float64Array {
  if (!Array.isArray(value) || value.length !== rows) {
    throw malformed(`${name} is not an array of ${rows} rows`);
  }
  const parsed = value.map((row, i) => numbers(row, `${name}[${i}]`));
  const columns = parsed[0]!.length;
  const odd = parsed.findIndex((row) => row.length !== columns);
  if (odd >= 0) throw malformed(`${name}[${odd}] has ${parsed[odd]!.length} of ${columns} numbers`);
  return Float64Array.from(parsed.flatMap((row) => [...row]));
}

function numbers(value: unknown, name: string): Float64Array {
  if (!Array.isArray(value) || value.length === 0 || !value.every(Number.isFinite)) {
    throw malformed(`${name} is not an array of numbers`);
  }
  return Float64Array.from(value);
}

function malformed(what: string): PipelineError {
  return new PipelineError("invalid", `Cannot run the benchmark: ${what}`, {
    hint: 'give a JSON file {"Xtr": [[…]], "ytr": […], "Xte": [[…]], "yte": […]}',
  });
}
