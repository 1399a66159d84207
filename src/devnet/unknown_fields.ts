import { type MessageType, Reader, type Shape, WireError } from "./wire.ts";
import { Any } from "./wire_kinds.ts";

const WIRE_NAMES = ["varint", "fixed64", "bytes", "start_group", "end_group", "fixed32"];

/**
 * Throws WireError unless every field of every message inside is known to its type, as the SDK's
 * decoder demands (codec/unknownproto): a field nobody knows might change what was signed.
 * `typeOf` resolves Any values; undefined skips the inside of one.
 */
export function rejectUnknownFields(
  type: MessageType<Shape>,
  bytes: Uint8Array,
  typeOf: (typeUrl: string) => MessageType<Shape> | undefined,
  nonCritical: "allow non-critical" | "reject" = "reject",
): void {
  const reader = new Reader(bytes);
  while (!reader.done) {
    const { field, wire } = reader.tag();
    const known = type.byNumber.get(field);
    if (known === undefined) {
      if (nonCritical === "reject" || !isNonCritical(field)) {
        const name = JSON.stringify(WIRE_NAMES[wire] ?? "unknown");
        throw new WireError(
          `errUnknownField "${type.goType}": {TagNum: ${field}, WireType:${name}}`,
        );
      }
      reader.skip(wire);
      continue;
    }
    const { wire: wanted, nested } = known[1];
    if (wire !== wanted) {
      throw new WireError(
        `Mismatched "${type.goType}": {TagNum: ${field}, GotWireType: "${WIRE_NAMES[wire]}" != ` +
          `WantWireType: "${WIRE_NAMES[wanted]}"}`,
      );
    }
    if (nested === undefined) reader.skip(wire);
    else if (nested !== "any") rejectUnknownFields(nested, reader.chunk(), typeOf, nonCritical);
    else {
      const raw = reader.chunk();
      rejectUnknownFields(Any, raw, typeOf, nonCritical);
      const any = Any.decode(raw);
      const inner = typeOf(any.typeUrl);
      if (inner !== undefined) rejectUnknownFields(inner, any.value, typeOf, nonCritical);
    }
  }
}

/** Bit 11 of a field number marks what a decoder may ignore (ADR-020). */
function isNonCritical(field: number): boolean {
  return (field >> 10 & 1) === 1;
}

/**
 * Throws WireError unless the three parts of a raw transaction come once each, in order, with
 * shortest lengths (ADR-027), so that one transaction has one encoding and one hash.
 */
export function rejectNonAdr027(bytes: Uint8Array): void {
  const reader = new Reader(bytes);
  let previous = 0;
  while (!reader.done) {
    const { field, wire } = firstTag(reader);
    if (wire !== 2) throw new WireError(`expected 2 wire type, got ${wire}`);
    if (field < previous) {
      throw new WireError(
        `txRaw must follow ADR-027, got tagNum ${field} after tagNum ${previous}`,
      );
    }
    previous = field;
    const start = reader.position;
    const length = withContext(() => reader.varint());
    const [read, needed] = [reader.position - start, shortest(length)];
    if (read !== needed) {
      throw new WireError(
        `length prefix varint for tagNum ${field} is not as short as possible, read ${read}, ` +
          `only need ${needed}`,
      );
    }
    reader.position = start;
    withContext(() => reader.chunk());
  }
}

/** A tag as Go's protowire reads it: the space in its texts is a no-break one. */
function firstTag(reader: Reader): { field: number; wire: number } {
  const tag = withContext(() => reader.varint());
  const field = tag >> 3n;
  if (field < 1n || field > 0x1fffffffn) {
    throw new WireError("invalid length; proto:\u00a0invalid field number");
  }
  return { field: Number(field), wire: Number(tag & 7n) };
}

function withContext<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const overflow = error.message.includes("overflow");
    const reason = overflow ? "proto:\u00a0variable length integer overflow" : error.message;
    throw new WireError(`invalid length; ${reason}`);
  }
}

function shortest(value: bigint): number {
  return Math.max(1, Math.ceil(value.toString(2).length / 7));
}
