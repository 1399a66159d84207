/**
 * The losses by which the chain's return topics are scored; truth and forecast standardised by the
 * trailing deviation of the truths (mean 0). Not to be confused with the CZAR metric of scores.ts.
 */
export type Loss = (truth: number, forecast: number) => number;

/** Parameters of the CZAR loss; the defaults are the network's. */
export interface CzarOptions {
  /** How much the asymmetry of small truths is rounded: 0.01 on the network, 1 for training. */
  readonly alpha?: number;
  /** Up to where the loss of calling zero something else is softened in; 0: not at all. */
  readonly epsilon?: number;
  readonly tau?: number;
}

/**
 * Composite zero-agnostic return loss: convex for the wrong sign, an arctangent for a forecast between
 * zero and the truth, convex again beyond the truth. Allora forum #155 of February 2026.
 */
export function czarLoss({ alpha = 0.01, epsilon = 1, tau = 0.05 }: CzarOptions = {}): Loss {
  const delta = alpha / Math.sqrt(3);
  const k = 1 + delta ** 2;
  const atDelta = Math.atan(delta);
  const steepest = k * bend(delta);
  const soften = softening({ delta, k, epsilon, tau });
  return (truth, forecast) => {
    const sign = truth < 0 ? -1 : 1;
    // Mirrored so that the truth is not negative: only the signs' agreement matters.
    const [y, p] = [Math.abs(truth), sign * forecast];
    const far = Math.atan(y + delta);
    const softened = soften(far);
    if (p <= 0) return steepest / 2 * p * p - p + k * (far - atDelta) + softened;
    if (p <= y) return k * (far - Math.atan(p + delta)) + softened;
    const over = p - y;
    const slope = k / (1 + (y + delta) ** 2);
    return Math.min(k * bend(y + delta), steepest) / 2 * over * over + slope * over + softened;
  };
}

/** −f′ of f(x) = 1 / (1 + x²), for x ≥ 0. */
const bend = (x: number) => 2 * x / (1 + x * x) ** 2;

/**
 * What a truth near zero costs whatever is forecast: L₀ for a truth of 0, fading with its size, which
 * comes in as far = atan(size + delta).
 */
function softening(
  { delta, k, epsilon, tau }: { delta: number; k: number; epsilon: number; tau: number },
): (far: number) => number {
  if (!(epsilon > 0)) return () => 0;
  // L₀ = e + b·e², the loss of forecasting e for a truth of 0, is this by the definition of e.
  const worst = k * (Math.atan(epsilon + delta) - Math.atan(delta));
  const left = (far: number) => 1 - k * (far - Math.atan(delta)) / worst;
  if (!(tau > 0)) return (far) => worst * Math.max(left(far), 0);
  const width = tau * Math.abs(left(Math.PI / 2));
  const whole = softplus(1 / width);
  return (far) => worst * softplus(left(far) / width) / whole;
}

/** ln(1 + eˣ), without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

const [ZPTAE_ALPHA, ZPTAE_BETA] = [0.25, 2];

/**
 * Z-transformed power-tanh absolute error, which return topics used before CZAR: Allora forum #120.
 */
export const zptaeLoss: Loss = (truth, forecast) =>
  Math.abs(powerTanh(truth) - powerTanh(forecast)) + (0.01 * Math.abs(forecast - truth)) ** 4;

function powerTanh(x: number): number {
  return x / (1 + Math.abs(x) ** ZPTAE_BETA) ** ((1 - ZPTAE_ALPHA) / ZPTAE_BETA);
}
