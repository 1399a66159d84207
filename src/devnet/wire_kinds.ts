import {
  type Fields,
  type Kind,
  MessageType,
  type Reader,
  type Shape,
  type Writer,
} from "./wire.ts";

function varint<T>(zero: T, from: (raw: bigint) => T, to: (value: T) => bigint): Kind<T> {
  return {
    wire: 0,
    zero: () => zero,
    merge: (_, reader) => from(reader.varint()),
    write(writer, field, value) {
      if (value === zero) return;
      writer.tag(field, 0);
      writer.varint(to(value));
    },
  };
}

export const uint64: Kind<bigint> = varint(0n, (raw) => raw, (value) => value);
export const int64: Kind<bigint> = varint(0n, (raw) => BigInt.asIntN(64, raw), (value) => value);
/** A height, an id or an enum of our own answers, as a plain number. */
export const count: Kind<number> = varint(0, Number, (value) => BigInt(value));
export const bool: Kind<boolean> = varint(false, (raw) => raw !== 0n, (value) => value ? 1n : 0n);

const NOTHING = new Uint8Array();
const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder("utf-8", { ignoreBOM: true }) };

/** `always`: written even when empty, as gogoproto does with a custom type that is not nullable. */
function chunk<T>(
  zero: T,
  from: (raw: Uint8Array) => T,
  to: (value: T) => Uint8Array,
  always = false,
): Kind<T> {
  return {
    wire: 2,
    zero: () => zero,
    merge: (_, reader) => from(reader.chunk()),
    write(writer, field, value) {
      const raw = to(value);
      if (always || raw.length > 0) writer.chunk(field, raw);
    },
  };
}

export const bytes: Kind<Uint8Array> = chunk<Uint8Array>(NOTHING, (raw) => raw, (value) => value);
export const string: Kind<string> = chunk(
  "",
  (raw) => utf8.decoder.decode(raw),
  (value) => utf8.encoder.encode(value),
);

/** A decimal kept as text: `parse` gives the chain's canonical text or throws; zero is "0". */
export function decimalText(parse: (text: string) => string): Kind<string> {
  return chunk(
    "0",
    (raw) => parse(utf8.decoder.decode(raw)),
    (value) => utf8.encoder.encode(value),
    true,
  );
}

/** A message that may be absent. */
export function message<S extends Shape>(type: MessageType<S>): Kind<Fields<S> | undefined> {
  return {
    wire: 2,
    nested: type,
    zero: () => undefined,
    merge: (_, reader) => type.decode(reader.chunk()),
    write(writer, field, value) {
      if (value !== undefined) writer.chunk(field, type.encode(value));
    },
  };
}

/** A message that is written even when empty. */
export function embedded<S extends Shape>(type: MessageType<S>): Kind<Partial<Fields<S>>> {
  return {
    wire: 2,
    nested: type,
    zero: () => ({}),
    merge: (_, reader) => type.decode(reader.chunk()),
    write: (writer, field, value) => writer.chunk(field, type.encode(value)),
  };
}

/** Every occurrence of a length-delimited kind, empty ones included. */
function every<T>(
  nested: MessageType<Shape> | "any" | undefined,
  from: (raw: Uint8Array) => T,
  to: (value: T) => Uint8Array,
): Kind<readonly T[]> {
  return {
    wire: 2,
    ...(nested === undefined ? {} : { nested }),
    zero: () => [],
    merge: (previous, reader: Reader) => [...previous, from(reader.chunk())],
    write(writer: Writer, field, values) {
      for (const value of values) writer.chunk(field, to(value));
    },
  };
}

export const strings: Kind<readonly string[]> = every(
  undefined,
  (raw) => utf8.decoder.decode(raw),
  (value) => utf8.encoder.encode(value),
);
export const chunks: Kind<readonly Uint8Array[]> = every<Uint8Array>(
  undefined,
  (raw) => raw,
  (value) => value,
);

export function messages<S extends Shape>(
  type: MessageType<S>,
): Kind<readonly Fields<S>[]> {
  return every<Fields<S>>(type, (raw) => type.decode(raw), (value) => type.encode(value));
}

/** google.protobuf.Any. */
export const Any = new MessageType("*anypb.Any", { typeUrl: [1, string], value: [2, bytes] });
export type AnyValue = { readonly typeUrl: string; readonly value: Uint8Array };
export const any: Kind<AnyValue | undefined> = { ...message(Any), nested: "any" };
export const anys: Kind<readonly AnyValue[]> = every<AnyValue>(
  "any",
  (raw) => Any.decode(raw),
  (value) => Any.encode(value),
);

/** Packed repeated uint64. */
export const packed: Kind<readonly bigint[]> = {
  wire: 2,
  zero: () => [],
  merge: (previous, reader) => {
    const raw = uint64List(reader.chunk());
    return [...previous, ...raw];
  },
  write(writer, field, values) {
    if (values.length === 0) return;
    writer.tag(field, 2);
    const sizes = values.reduce((sum, value) => sum + varintLength(value), 0);
    writer.varint(BigInt(sizes));
    for (const value of values) writer.varint(value);
  },
};

function varintLength(value: bigint): number {
  return Math.max(1, Math.ceil(value.toString(2).length / 7));
}

function uint64List(raw: Uint8Array): bigint[] {
  const list: bigint[] = [];
  let value = 0n, shift = 0n;
  for (const byte of raw) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) [value, shift] = (list.push(value), [0n, 0n]);
  }
  return list;
}
