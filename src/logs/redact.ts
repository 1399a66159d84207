import { messageOf } from "../errors.ts";
import { redactSecrets, secretIn } from "../settings/secret_shapes.ts";

/** What a log line can hold. */
export type Loggable =
  | string
  | number
  | boolean
  | null
  | readonly Loggable[]
  | { readonly [field: string]: Loggable };

const REDACTED = "[redacted]";
const SECRET_FIELD = /^(mnemonic|seed|seed_?phrase|priv(ate)?_?key|password|secret)$/i;
/** A transaction's hash is 32 bytes of hex like a key, but always in capitals and in one of these fields. */
const HASH_FIELD = /^(tx_)?hash$/;
/** No fact that we log is nested deeper; what is, may be circular. */
const MAX_DEPTH = 5;

/**
 * `value` as it may be logged: secrets replaced, bigints as decimal text, errors as their message, bytes
 * as their number, times as RFC 3339, NaN and infinities as words.
 */
export function redact(value: unknown, field = "", depth = 0): Loggable {
  if (SECRET_FIELD.test(field) || depth > MAX_DEPTH) return REDACTED;
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string") {
    return HASH_FIELD.test(field) && /^[0-9A-F]{64}$/.test(value) ? value : redactSecrets(value);
  }
  if (typeof value !== "object") return String(value);
  if (value instanceof Error) return redactSecrets(messageOf(value));
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) {
    if (secretIn(value.join(" "))) return REDACTED;
    return value.map((item) => redact(item, field, depth + 1));
  }
  return redactFields(Object.entries(value), depth + 1);
}

/** Fields as they may be logged; those without a value are left out. */
export function redactFields(
  fields: readonly (readonly [string, unknown])[],
  depth = 0,
): Readonly<Record<string, Loggable>> {
  const defined = fields.filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined.map(([name, value]) => [name, redact(value, name, depth)]));
}
