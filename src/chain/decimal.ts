import { PipelineError } from "../errors.ts";

/** apd, the chain's decimal library, holds no exponent beyond this. */
const MAX_EXPONENT = 100_000;
/** apd pads a zero to plain form down to this exponent (facts of its `G` format). */
const LOWEST_PADDED_ZERO = -2000;
/** BoundedExp40Dec (chain: x/emissions/types/bounded_dec.go): 0, or 1e-40 <= |x| <= 1e40. */
const BOUND = 40;

/**
 * The text that the chain's own marshaller writes for a decimal (apd's `G` format): the bundle
 * signature covers this text, not the one a person or `String(number)` wrote, so `1e-7` must be
 * signed and sent as `1E-7`. Trailing zeros are kept, a leading `+` and leading zeros are not.
 *
 * @throws PipelineError "invalid" for text that the chain cannot parse, and outside its range.
 */
export function canonicalDecimal(text: string): string {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(text);
  const [, sign = "", whole = "", fraction = "", power = "0"] = match ?? [];
  if (whole + fraction === "") throw refusal(text, "not a finite decimal number");

  const digits = (whole + fraction).replace(/^0+(?=[0-9])/, "");
  const exponent = Number(power) - fraction.length;
  const isZero = /^0+$/.test(digits);
  if (Math.abs(exponent) > MAX_EXPONENT) throw refusal(text, "out of range");
  const adjusted = exponent + digits.length - 1;
  if (!isZero && (adjusted < -BOUND || exceeds(digits, adjusted))) {
    throw refusal(text, "out of range");
  }
  return (sign === "-" ? "-" : "") + format(digits, exponent, isZero);
}

/**
 * The shortest text that reads back as `value`, in canonical form; -0 becomes "0".
 *
 * @throws PipelineError "invalid" when `value` is not finite or outside the chain's range.
 */
export function decimalOf(value: number): string {
  return canonicalDecimal(String(value === 0 ? 0 : value));
}

/** Whether digits with this adjusted exponent exceed 1e40 (which itself is allowed). */
function exceeds(digits: string, adjusted: number): boolean {
  return adjusted > BOUND || (adjusted === BOUND && !/^10*$/.test(digits));
}

function format(digits: string, exponent: number, isZero: boolean): string {
  const padded = isZero && exponent < 0 && exponent >= LOWEST_PADDED_ZERO;
  const adjusted = padded ? 0 : exponent + digits.length - 1;
  if (exponent <= 0 && adjusted >= -6) {
    if (exponent === 0) return digits;
    const wide = digits.padStart(1 - exponent, "0");
    return `${wide.slice(0, exponent)}.${wide.slice(exponent)}`;
  }
  const mantissa = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits;
  return `${mantissa}E${adjusted < 0 ? "-" : "+"}${Math.abs(adjusted)}`;
}

function refusal(text: string, what: string): PipelineError {
  return new PipelineError(
    "invalid",
    `Cannot write ${JSON.stringify(text)} as a decimal: ${what}`,
    {
      hint: "The chain takes 0 and numbers whose size lies between 1e-40 and 1e40.",
    },
  );
}
