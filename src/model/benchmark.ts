import { mean } from "simple-statistics";
import { PipelineError } from "../errors.ts";
import { applyRidge, fitStandardRidge } from "./linear.ts";

/** Errors on a held-out table. */
export interface BenchmarkScore {
  /** 1 − squared error over that of the mean of the test outcomes. */
  readonly r2: number;
  readonly mae: number;
  readonly mse: number;
  readonly trainRows: number;
  readonly testRows: number;
  readonly columns: number;
}

/**
 * Fits the linear learner to a table and scores it on another: a check of the arithmetic on
 * synthetic data, not of any skill. `benchmark` is an untrusted { Xtr, ytr, Xte, yte } with tables as
 * arrays of rows; throws "invalid" naming the part that is not.
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
  const errors = Array.from(yte, (y, row) => y - applyRidge(ridge, xte, row));
  const average = mean(Array.from(yte));
  const mse = mean(errors.map((error) => error ** 2));
  return {
    r2: 1 - mse / mean(Array.from(yte, (y) => (y - average) ** 2)),
    mae: mean(errors.map(Math.abs)),
    mse,
    trainRows: ytr.length,
    testRows: yte.length,
    columns,
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
