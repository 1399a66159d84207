import { WireError } from "./wire.ts";

/** coefficient · 10^exponent; the sign is apart because the chain keeps "-0". */
export interface Decimal {
  readonly negative: boolean;
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** apd's largest exponent, either way (cockroachdb/apd, decimal.go). */
const MAX_EXPONENT = 100_000;
/** Significant digits of a quotient: the chain's apd context. */
const PRECISION = 34;
/** Bounds of BoundedExp40Dec (allora-chain math/bounded_dec.go): 1e-40 <= |x| <= 1e40, or 0. */
const BOUND_EXPONENT = 40;

/**
 * Reads decimal text as `apd.NewFromString` does, with its error texts.
 * Throws WireError, "value must be finite …" for NaN and infinities included.
 */
export function parseDecimal(text: string): Decimal {
  let rest = text.toLowerCase();
  const negative = rest.startsWith("-");
  if (/^[-+]/.test(rest)) rest = rest.slice(1);
  if (/^[-+]/.test(rest)) throw new WireError(`could not parse: ${text}`);
  if (/^(inf|infinity)$/.test(rest)) {
    throw new WireError("value must be finite: value is out of range");
  }
  const nan = /^s?nan(.*)$/s.exec(rest);
  if (nan !== null) {
    const payload = nan[1] ?? "";
    if (/^[0-9]*$/.test(payload)) {
      throw new WireError("value must be finite: value is out of range");
    }
    throw new WireError(
      `parse payload: ${payload}: strconv.ParseUint: parsing "${payload}": invalid syntax`,
    );
  }
  let exponent = 0;
  const e = rest.indexOf("e");
  if (e >= 0) {
    exponent = parseExponent(rest.slice(e + 1));
    rest = rest.slice(0, e);
  }
  const point = rest.indexOf(".");
  if (point >= 0) {
    exponent -= rest.length - point - 1;
    rest = rest.slice(0, point) + rest.slice(point + 1);
  }
  if (!/^[0-9]+$/.test(rest)) throw new WireError(`parse mantissa: ${rest}`);
  const decimal = { negative, coefficient: BigInt(rest), exponent };
  if (Math.abs(adjusted(decimal)) > MAX_EXPONENT) throw new WireError("exponent out of range");
  return decimal;
}

function parseExponent(text: string): number {
  const fail = (reason: string) =>
    new WireError(`parse exponent: ${text}: strconv.ParseInt: parsing "${text}": ${reason}`);
  if (!/^[-+]?[0-9]+$/.test(text)) throw fail("invalid syntax");
  const value = BigInt(text.replace("+", ""));
  if (BigInt.asIntN(32, value) !== value) throw fail("value out of range");
  return Number(value);
}

/**
 * The canonical text of a worker's value: "" is 0, everything else must lie within the bounds.
 * Throws WireError with the chain's texts.
 */
export function boundedText(text: string): string {
  if (text === "") return "0";
  const decimal = parseDecimal(text);
  if (decimal.coefficient !== 0n) {
    const magnitude = { ...decimal, negative: false };
    if (compare(magnitude, power(BOUND_EXPONENT)) > 0) {
      throw new WireError(
        `value ${plainText(decimal)} cannot be greater than ±1e40: value is out of range`,
      );
    }
    if (compare(magnitude, power(-BOUND_EXPONENT)) < 0) {
      throw new WireError(
        `value ${plainText(decimal)} cannot have higher precision than 40: value is out of range`,
      );
    }
  }
  return canonicalText(decimal);
}

/** apd's `G` text: plain while the exponent is not positive and the number not below 1e-6. */
export function canonicalText(decimal: Decimal): string {
  const { negative, coefficient, exponent } = decimal;
  const padded = coefficient === 0n && exponent < 0 && exponent >= -2000;
  const adj = padded ? 0 : adjusted(decimal);
  if (exponent <= 0 && adj >= -6) return plainText(decimal);
  const digits = coefficient.toString();
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${negative ? "-" : ""}${digits[0]}${fraction}E${adj < 0 ? "-" : "+"}${Math.abs(adj)}`;
}

/** apd's `f` text, as event JSON and REST show it. */
export function plainText({ negative, coefficient, exponent }: Decimal): string {
  const digits = coefficient.toString();
  const sign = negative ? "-" : "";
  if (exponent >= 0) return sign + (coefficient === 0n ? digits : digits + "0".repeat(exponent));
  const padded = digits.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return fromSigned(scaled(a, exponent) + scaled(b, exponent), exponent);
}

export function compare(a: Decimal, b: Decimal): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const difference = scaled(a, exponent) - scaled(b, exponent);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** (a + b) / 2 with all the digits of the chain's precision, as its quotient leaves them. */
export function midpoint(a: Decimal, b: Decimal): Decimal {
  const sum = add(a, b);
  if (sum.coefficient === 0n) return { negative: false, coefficient: 0n, exponent: 0 };
  let [coefficient, exponent] = [sum.coefficient * 5n, sum.exponent - 1];
  const missing = PRECISION - coefficient.toString().length;
  if (missing >= 0) {
    [coefficient, exponent] = [coefficient * 10n ** BigInt(missing), exponent - missing];
  } else [coefficient, exponent] = [coefficient / 10n ** BigInt(-missing), exponent - missing];
  return { negative: sum.negative, coefficient, exponent };
}

/** The decimal that a double prints as; not finite becomes 0. */
export function fromNumber(value: number): Decimal {
  return parseDecimal(Number.isFinite(value) ? String(value) : "0");
}

export const ONE = parseDecimal("1");

function power(exponent: number): Decimal {
  return { negative: false, coefficient: 1n, exponent };
}

function adjusted({ coefficient, exponent }: Decimal): number {
  return exponent + coefficient.toString().length - 1;
}

function scaled(decimal: Decimal, exponent: number): bigint {
  const value = decimal.coefficient * 10n ** BigInt(decimal.exponent - exponent);
  return decimal.negative ? -value : value;
}

function fromSigned(value: bigint, exponent: number): Decimal {
  return { negative: value < 0n, coefficient: value < 0n ? -value : value, exponent };
}
