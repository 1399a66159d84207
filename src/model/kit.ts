import { errorFunction, gammaln } from "simple-statistics";

/**
 * What the builder kit grades forecasts of returns by, as it defines it (allora_forge_builder_kit,
 * evaluation.py of April 2026). It counts overlapping forecasts as nearly independent: worthless ones of
 * hourly weeks earn a B in one case of four. Shown because others show it; the verdict is not from it.
 */
export interface KitScore {
  /** Share of right signs where the truth is not 0; a forecast of 0 is wrong. */
  readonly directionalAccuracy: number;
  /** Wilson's lower 95 % bound, and one-sided p, both with n(1 − ρ) / (1 + ρ) forecasts. */
  readonly accuracyLow: number;
  readonly accuracyP: number;
  /** Pearson's r and its two-sided p, as if forecasts were independent; null when they do not vary. */
  readonly pearsonR: number | null;
  readonly pearsonP: number | null;
  readonly wrmseImprovement: number;
  readonly czarImprovement: number;
  /** log₁₀ sd(forecast) / sd(truth); not graded. Null when forecasts do not vary. */
  readonly logAspectRatio: number | null;
  /** How many of the seven pass, and the kit's letter for it. */
  readonly passed: number;
  readonly grade: string;
}

const WILSON_Z = 1.96;
const GRADES = ["F", "F", "D", "C", "B", "B+", "A", "A+"];

/** The kit's seven measures, their grade, and the log aspect ratio. */
export function kitScore(truth: Float64Array, forecast: Float64Array): KitScore {
  const hits = [...truth.keys()].filter((i) => truth[i] !== 0)
    .map((i) => truth[i]! * forecast[i]! > 0 ? 1 : 0);
  const accuracy = hits.reduce<number>((sum, hit) => sum + hit, 0) / hits.length;
  const persistence = Math.max(lagOne(hits, accuracy), 0);
  const count = Math.max(2, hits.length * (1 - persistence) / (1 + persistence));
  const continuous = (accuracy - 0.5 - 0.5 / count) / Math.sqrt(0.25 / count);
  const { r, ratio } = moments(truth, forecast);
  const pearsonP = r === null ? null : correlationP(r, truth.length);
  const size = sum(truth, Math.abs);
  const weighted = (of: (i: number) => number) =>
    Math.sqrt(sum(truth, (y, i) => Math.abs(y) * of(i) ** 2) / size);
  const measures = {
    directionalAccuracy: accuracy,
    accuracyLow: wilsonLow(accuracy, count),
    accuracyP: 1 - normalBelow(Math.max(continuous, 0)),
    pearsonR: r,
    pearsonP,
    wrmseImprovement: 1 - weighted((i) => truth[i]! - forecast[i]!) / weighted((i) => truth[i]!),
    czarImprovement: sum(truth, (y, i) => y * forecast[i]! > 0 ? Math.abs(y) : -Math.abs(y)) / size,
  };
  const passed = [
    measures.directionalAccuracy >= 0.52,
    measures.accuracyLow >= 0.5,
    measures.accuracyP < 0.05,
    r !== null && r >= 0.05,
    pearsonP !== null && pearsonP < 0.05,
    measures.wrmseImprovement >= 0.05,
    measures.czarImprovement >= 0.1,
  ].filter(Boolean).length;
  const logAspectRatio = ratio > 0 ? Math.log10(ratio) : null;
  return { ...measures, logAspectRatio, passed, grade: GRADES[passed]! };
}

function sum(values: Float64Array, of: (value: number, i: number) => number): number {
  return values.reduce((total, value, i) => total + of(value, i), 0);
}

/** Autocorrelation of neighbours; 0 for what never changes. */
function lagOne(values: readonly number[], mean: number): number {
  const spread = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  const product = values.slice(1)
    .reduce((total, value, i) => total + (value - mean) * (values[i]! - mean), 0);
  return spread > 0 ? product / spread : 0;
}

function wilsonLow(share: number, count: number): number {
  const square = WILSON_Z ** 2 / count;
  const spread = Math.sqrt(share * (1 - share) / count + square / (4 * count));
  return (share + square / 2 - WILSON_Z * spread) / (1 + square);
}

function normalBelow(z: number): number {
  return (1 + errorFunction(z / Math.SQRT2)) / 2;
}

function moments(truth: Float64Array, forecast: Float64Array) {
  const [meanY, meanP] = [truth, forecast].map((values) => sum(values, (v) => v) / values.length);
  const yy = sum(truth, (y) => (y - meanY!) ** 2);
  const pp = sum(forecast, (p) => (p - meanP!) ** 2);
  const yp = sum(truth, (y, i) => (y - meanY!) * (forecast[i]! - meanP!));
  const varies = yy > 0 && pp > 0;
  return { r: varies ? yp / Math.sqrt(yy * pp) : null, ratio: Math.sqrt(pp / yy) };
}

/** Two-sided p of a correlation of `count` independent pairs: Student's t with count − 2 degrees. */
function correlationP(r: number, count: number): number {
  return incompleteBeta(1 - r * r, (count - 2) / 2, 0.5);
}

/** Regularised incomplete beta function by its continued fraction (Abramowitz & Stegun 26.5.8). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + gammaln(a + b) - gammaln(a) - gammaln(b),
  ) / a;
  // Lentz's way to evaluate it from the front.
  let [c, d] = [1, 1 / (1 - (a + b) * x / (a + 1))];
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    for (
      const term of [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ]
    ) {
      d = 1 / (1 + term * d);
      c = 1 + term / c;
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}
