import { decimalOf } from "../chain/decimal.ts";
import type { Inference } from "../chain/payload.ts";
import type { Submission } from "../ledger/submission.ts";
import type { Forecast } from "../model/forecast.ts";

/** Probabilities go out with this many decimals: far below any topic's unity tolerance. */
const DECIMALS = 6;

/** The texts that are signed for a forecast: one value, or one for each label, which sum to exactly 1. */
export function textsOf(made: Forecast): Pick<Submission, "value" | "labels"> {
  if (made.labels === undefined) return { value: decimalOf(made.value), labels: null };
  const unit = 10 ** DECIMALS;
  const parts = made.labels.map(({ probability }) => Math.round(probability * unit));
  const largest = parts.indexOf(Math.max(...parts));
  const rest = parts.reduce((sum, part) => sum + part, 0) - unit;
  const labels = made.labels.map(({ label }, place) => {
    const part = (parts[place] ?? 0) - (place === largest ? rest : 0);
    return { label, value: decimalOf(part / unit) };
  });
  return { value: "0", labels };
}

/** What the chain takes, from the ledger's row. */
export function inferenceOf({ value, labels }: Pick<Submission, "value" | "labels">): Inference {
  return labels === null ? { value } : { values: labels };
}
