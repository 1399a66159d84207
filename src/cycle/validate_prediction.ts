/** What a prediction is checked against. */
export interface PredictionLimits {
  readonly target: "log-return" | "price" | "volatility" | "labels";
  /** Beyond ± this the prediction is accepted with a warning. */
  readonly warnAbove: number;
  /** Beyond ± this it is refused. */
  readonly refuseAbove: number;
  /** Tighter bound on |log-return| from the topic's own volatility; a prediction beyond it is refused. */
  readonly plausibleReturn?: number;
  /** Of a volatility the least and the largest that the topic's own allows; beyond them it is refused. */
  readonly plausibleVolatility?: readonly [number, number];
  /** For a price: what the limits' log-return is taken against. */
  readonly basePrice?: number;
}

export interface Verdict {
  readonly verdict: "accepted" | "warned" | "refused";
  /** One line: the value, its name and the limit that decided. */
  readonly reason: string;
  /** What was compared with the limits: the value itself, or a price's log-return. */
  readonly measured: number | undefined;
}

/**
 * The one door that every prediction passes on its way to the chain, whatever made it.
 *
 * A number that is finite; within ± refuseAbove, and noted beyond ± warnAbove; for a price both
 * apply to ln(prediction / basePrice); a volatility is at least 0; labels lie in [0, 1]. Never throws.
 */
export function validatePrediction(
  prediction: unknown,
  name: string,
  limits: PredictionLimits,
): Verdict {
  if (typeof prediction !== "number") {
    return refused(`${name} is ${nameOfType(prediction)}, not a number`);
  }
  if (!Number.isFinite(prediction)) return refused(`${name} is ${prediction}, not finite`);
  const { target, basePrice, warnAbove, refuseAbove } = limits;
  switch (target) {
    case "labels":
      return prediction >= 0 && prediction <= 1
        ? accepted(`${name} is ${prediction}, within [0, 1]`, prediction)
        : refused(`${name} is ${prediction}, outside [0, 1]`, prediction);
    case "volatility":
      if (prediction < 0) return refused(`${name} is ${prediction}, below 0`, prediction);
      if (limits.plausibleVolatility !== undefined) {
        const [least, most] = limits.plausibleVolatility;
        if (prediction < least || prediction > most) {
          const what =
            `${name} is ${prediction}, outside [${least}, ${most}], a tenth and ten times`;
          return refused(`${what} the market's own over the horizon`, prediction);
        }
      }
      return within(prediction, `${name} is ${prediction}`, warnAbove, refuseAbove);
    case "price": {
      if (!(prediction > 0)) return refused(`${name} is ${prediction}, not above 0`, prediction);
      if (basePrice === undefined || !(basePrice > 0)) {
        return refused(`${name} has no base price to be compared with`, prediction);
      }
      const logReturn = Math.log(prediction / basePrice);
      return withinReturn(logReturn, `ln(${name} / ${basePrice}) is ${logReturn}`, limits);
    }
    case "log-return":
      return withinReturn(prediction, `${name} is ${prediction}`, limits);
  }
}

function withinReturn(value: number, subject: string, limits: PredictionLimits): Verdict {
  const { plausibleReturn: plausible, warnAbove, refuseAbove } = limits;
  if (plausible !== undefined && Math.abs(value) > plausible) {
    return refused(`${subject}, beyond ±${plausible}, what the topic's volatility allows`, value);
  }
  return within(value, subject, warnAbove, refuseAbove);
}

function within(value: number, subject: string, warn: number, refuse: number): Verdict {
  const size = Math.abs(value);
  if (size > refuse) return refused(`${subject}, outside [-${refuse}, ${refuse}]`, value);
  if (size > warn) {
    return {
      verdict: "warned",
      reason: `${subject}, outside [-${warn}, ${warn}]`,
      measured: value,
    };
  }
  return accepted(`${subject}, within [-${warn}, ${warn}]`, value);
}

const accepted = (reason: string, measured: number): Verdict => ({
  verdict: "accepted",
  reason,
  measured,
});

const refused = (reason: string, measured?: number): Verdict => ({
  verdict: "refused",
  reason,
  measured,
});

function nameOfType(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  const type = typeof value;
  return type === "undefined" ? "missing" : type === "object" ? "an object" : `a ${type}`;
}
