import { table } from "../../src/host/terminal.ts";
import { parseArtifact, serialiseArtifact } from "../../src/model/artifact.ts";
import { seededRandom } from "../../src/model/bootstrap.ts";
import { forecast } from "../../src/model/forecast.ts";
import { fitRidge } from "../../src/model/ridge.ts";
import { train } from "../../src/model/train.ts";
import { applyTrees, fitTrees } from "../../src/model/trees.ts";
import { HOUR_MS, madeUpCandles } from "../model/synthetic.ts";
import { costOf } from "./process_cost.ts";

const COLUMNS = 30;
const [RIDGE_ROWS, TREE_ROWS] = [20_000, 16_000];
const GROWTH = { trees: 200, depth: 4, rate: 0.1, penalty: 1, leastLeaf: 20, sample: 1, seed: 1 };
const RUNS = 9;

interface Fit {
  readonly ms: number;
  /** On the rows it was fitted to: shows that the same work was done. */
  readonly r2: number;
}

/** What the fits cost beside their peers', how a training grows with its candles, and a prediction. */
export async function benchModels(dir: string): Promise<void> {
  console.log("fitting ...");
  await benchFits(dir);
  benchPrediction();
  console.log("training on up to a million candles ...");
  await benchTraining();
}

async function benchFits(dir: string): Promise<void> {
  const random = seededRandom(1);
  const x = Float64Array.from({ length: RIDGE_ROWS * COLUMNS }, () => random() + random() - 1);
  const y = Float64Array.from({ length: RIDGE_ROWS }, (_, row) => {
    const [a, b, c] = x.subarray(row * COLUMNS);
    return a! + Math.sin(4 * b!) * c! + random();
  });
  await Deno.writeFile(`${dir}/x`, new Uint8Array(x.buffer));
  await Deno.writeFile(`${dir}/y`, new Uint8Array(y.buffer));
  const peers = await peersFits(dir);

  const [fewerX, fewerY] = [x.subarray(0, TREE_ROWS * COLUMNS), y.subarray(0, TREE_ROWS)];
  const ridge = timed(() => fitRidge(x, y, 10));
  const trees = timed(() => fitTrees(fewerX, fewerY, GROWTH), 5);
  const row = (name: string, { ms, r2 }: Fit, own?: number) => [
    ...[name, ms.toFixed(1), r2.toFixed(3)],
    own === undefined ? "1" : `${(ms / own).toFixed(2)}×`,
  ];
  const { intercept, coefficients } = ridge.made;
  const byRidge = (at: number) =>
    coefficients.reduce((sum, b, j) => sum + b * x[at * COLUMNS + j]!, intercept);
  const byTrees = (at: number) => applyTrees(trees.made, fewerX, at, COLUMNS);
  print([
    ["one fit, one thread, median", "ms", "R²", "of ours"],
    row("ridge, 20,000 × 30 (goal ≤ 50 ms)", { ms: ridge.ms, r2: r2Of(y, byRidge) }),
    ...peers ? [row("  scikit-learn's Ridge", peers.ridge, ridge.ms)] : [],
    row("trees, 16,000 × 30, 200 of depth 4", { ms: trees.ms, r2: r2Of(fewerY, byTrees) }),
    ...peers ? [row("  LightGBM, 63 bins", peers.lightgbm, trees.ms)] : [],
    ...peers ? [row("  scikit-learn's histogram boosting", peers.histogram, trees.ms)] : [],
  ]);
}

interface Peers {
  readonly ridge: Fit;
  readonly lightgbm: Fit;
  readonly histogram: Fit;
  readonly versions: Readonly<Record<string, string>>;
}

/** The peers' own times, in a Python without this environment's hints to its libraries. */
async function peersFits(dir: string): Promise<Peers | undefined> {
  const one = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"];
  const kept = ["PATH", "HOME", "PYTHONPATH"].map((name) => [name, Deno.env.get(name) ?? ""]);
  const python = Deno.env.get("PYTHON") ?? "python3";
  const script = new URL("models.py", import.meta.url).pathname;
  try {
    const { success, stdout, stderr } = await new Deno.Command(python, {
      args: [script, dir],
      clearEnv: true,
      env: Object.fromEntries([...kept, ...one.map((name) => [name, "1"])]),
    }).output();
    const [said, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
    if (!success) throw new Error(complaint!.trim().split("\n").pop());
    const peers: Peers = JSON.parse(said!);
    const versions = Object.entries(peers.versions).map((pair) => pair.join(" ")).join(", ");
    console.log(`beside ${versions}`);
    return peers;
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    console.log(`not beside scikit-learn and LightGBM (PYTHON names another python): ${why}`);
    return undefined;
  }
}

/** What a cycle does with a stored model: reads and checks it, and forecasts from the last candle. */
function benchPrediction(): void {
  const candles = madeUpCandles(20_000, 7);
  const rows = (["log-return", "volatility"] as const).map((target) => {
    const spec = { target, horizonMs: 24 * HOUR_MS, learner: "ensemble" } as const;
    const stored = serialiseArtifact(train(candles, spec));
    const read = timed(() => parseArtifact(stored), 101);
    const made = timed(() => forecast(read.made, candles), 101);
    return [target, (stored.length / 1024).toFixed(0), read.ms.toFixed(2), made.ms.toFixed(2)];
  });
  print([["one prediction from a stored model", "kB", "read ms", "forecast ms"], ...rows]);
}

/** A process each, because the peak is of a process. */
async function benchTraining(): Promise<void> {
  const script = new URL("train_once.ts", import.meta.url).pathname;
  const isNpmOnly = !import.meta.resolve("@std/assert").startsWith("jsr:");
  const config = isNpmOnly ? ["-c", ".npm-only.json"] : [];
  const root = new URL("../..", import.meta.url).pathname;
  const rows = [["a full training, by candles", "cpu s", "peak MB", "time ratio", "memory ratio"]];
  let first: number | undefined;
  let last: { seconds: number; peakMb: number } | undefined;
  for (const candles of [1e4, 1e5, 1e6]) {
    const args = ["run", "-q", ...config, "--frozen", "-A", script, String(candles)];
    const { cpuMs, peakMb } = await costOf(Deno.execPath(), args, { cwd: root });
    const seconds = cpuMs / 1000;
    rows.push([
      ...[candles.toLocaleString("en-GB"), seconds.toFixed(2), peakMb.toFixed(0)],
      ...last
        ? [seconds / last.seconds, peakMb / last.peakMb].map((r) => `${r.toFixed(1)}×`)
        : ["", ""],
    ]);
    first ??= seconds;
    last = { seconds, peakMb };
  }
  print(rows);
  console.log(
    `over both decades ${(last!.seconds / first!).toFixed(0)}×; linear is 10× and 100×. ` +
      "Candles of 15 minutes, 24 h ahead",
  );
  const args = ["run", "-q", ...config, "--frozen", "-A", script, "100000", "again"];
  const { cpuMs, peakMb, stdout } = await costOf(Deno.execPath(), args, { cwd: root });
  console.log(
    `retrained on 100,000 candles of an hour: ${(cpuMs / 1000).toFixed(1)} cpu s, peak ` +
      `${
        peakMb.toFixed(0)
      } MB (the units allow 1024), a stop is heeded within ${stdout.trim()} ms\n`,
  );
}

function timed<Made>(fit: () => Made, runs = RUNS): { readonly ms: number; readonly made: Made } {
  const times: number[] = [];
  let made = fit();
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    made = fit();
    times.push(performance.now() - start);
  }
  return { ms: times.sort((a, b) => a - b)[runs >> 1]!, made };
}

function r2Of(y: Float64Array, forecastOf: (row: number) => number): number {
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  let [left, whole] = [0, 0];
  y.forEach((value, row) => {
    left += (value - forecastOf(row)) ** 2;
    whole += (value - mean) ** 2;
  });
  return 1 - left / whole;
}

function print(rows: string[][]): void {
  const align = rows[0]!.map((_, column) => column === 0 ? "left" as const : "right" as const);
  console.log(`${table(rows, { align })}\n`);
}
