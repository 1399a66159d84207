import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { messageOf, PipelineError } from "../errors.ts";

/** How one field is written and read; `T` is its value in a message object. */
export interface Field<T> {
  readonly number: number;
  readonly wireType: WireType;
  readonly repeated: boolean;
  /** What a message holds when the field is not on the wire. */
  readonly absent: T;
  /** Written even when empty, as Go writes its non-nullable custom types; absent is undefined. */
  readonly always: boolean;
  write(writer: BinaryWriter, value: unknown): void;
  read(reader: BinaryReader): unknown;
}

/** A protobuf message as a table of its fields, in ascending order of their numbers. */
export interface Table<M> {
  readonly name: string;
  readonly fields: readonly (readonly [string, Field<unknown>])[];
  /** Carries the type only. */
  readonly message?: M;
}

type MessageOf<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Fields a table does not know, kept as read so that a message can be written back unchanged. */
const UNKNOWN = Symbol("unknown fields");
type UnknownFields = [number, WireType, Uint8Array][];

/** A table from fields by name; the types of its messages follow from them. */
export function table<F extends Record<string, Field<unknown>>>(
  name: string,
  fields: F,
): Table<MessageOf<F>> {
  const ascending = Object.entries(fields).sort(([, a], [, b]) => a.number - b.number);
  return { name, fields: ascending };
}

function field<T>(
  number: number,
  wireType: WireType,
  absent: T,
  write: (writer: BinaryWriter, value: never) => unknown,
  read: (reader: BinaryReader) => unknown,
): Field<T> {
  return {
    number,
    wireType,
    absent,
    repeated: false,
    always: false,
    // The types of `table` and `encode` see to it that the value is the field's own.
    write: (writer, value) => void write(writer, value as never),
    read,
  };
}

export const uint64 = (number: number): Field<bigint> =>
  field(number, WireType.Varint, 0n, (w, v: bigint) => w.uint64(v), (r) => BigInt(r.uint64()));
export const int64 = (number: number): Field<bigint> =>
  field(number, WireType.Varint, 0n, (w, v: bigint) => w.int64(v), (r) => BigInt(r.int64()));
export const uint32 = (number: number): Field<number> =>
  field(number, WireType.Varint, 0, (w, v: number) => w.uint32(v), (r) => r.uint32());
export const bool = (number: number): Field<boolean> =>
  field(number, WireType.Varint, false, (w, v: boolean) => w.bool(v), (r) => r.bool());
export const string = (number: number): Field<string> =>
  field(number, WireType.LengthDelimited, "", (w, v: string) => w.string(v), (r) => r.string(true));
export const bytes = (number: number): Field<Uint8Array> =>
  field(
    number,
    WireType.LengthDelimited,
    new Uint8Array(),
    (w, v: Uint8Array) => w.bytes(v),
    (r) => r.bytes(),
  );

/** A string that is written even when empty; undefined means that it was not on the wire. */
export const decimal = (number: number): Field<string | undefined> => ({
  ...string(number),
  absent: undefined,
  always: true,
});

/** One nested message. */
export const sub = <M extends object>(number: number, inner: Table<M>): Field<M | undefined> => ({
  ...field(
    number,
    WireType.LengthDelimited,
    undefined,
    (w, v: M) => w.bytes(encode(inner, v)),
    (r) => decode(inner, r.bytes()),
  ),
  always: true,
});

/** A repeated field of what `one` is. */
export const many = <T>(one: Field<T>): Field<readonly Exclude<T, undefined>[]> => ({
  ...one,
  absent: [],
  repeated: true,
});

/** The bytes of `message`: fields ascending, empty ones left out; fields not given count as empty. */
export function encode<M extends object>(
  table: Table<M>,
  message: Partial<M>,
): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  const values = new Map<string, unknown>(Object.entries(message));
  for (const [name, field] of table.fields) {
    const value = values.get(name);
    const items = field.repeated
      ? (value ?? []) as unknown[]
      : isWritten(field, value)
      ? [value]
      : [];
    for (const item of items) field.write(writer.tag(field.number, field.wireType), item);
  }
  for (const [number, wireType, raw] of unknownOf(message)) writer.tag(number, wireType).raw(raw);
  return new Uint8Array(writer.finish());
}

/**
 * Reads `data` by `table`. Every field of the table is present in the result; others are skipped.
 *
 * @throws PipelineError "unavailable" naming the message, when the bytes are not such a message.
 */
export function decode<M extends object>(
  table: Table<M>,
  data: Uint8Array,
  source?: string,
): M {
  const message: Record<string, unknown> = {};
  for (const [name, field] of table.fields) message[name] = field.repeated ? [] : field.absent;
  const unknown: UnknownFields = [];
  const byNumber = new Map(table.fields.map((entry) => [entry[1].number, entry]));
  try {
    for (const reader = new BinaryReader(data); reader.pos < reader.len;) {
      const [number, wireType] = reader.tag();
      const [name, field] = byNumber.get(number) ?? [];
      if (name === undefined || field === undefined) {
        unknown.push([number, wireType, reader.skip(wireType, number)]);
        continue;
      }
      if (wireType !== field.wireType) throw new Error(`field ${number} has wire type ${wireType}`);
      const value = field.read(reader);
      if (field.repeated) (message[name] as unknown[]).push(value);
      else message[name] = value;
    }
  } catch (thrown) {
    if (thrown instanceof PipelineError) throw thrown;
    throw new PipelineError(
      "unavailable",
      `Cannot read a ${table.name} of ${data.length} bytes${
        source === undefined ? "" : ` from ${source}`
      }: ${messageOf(thrown)}`,
      {
        cause: thrown,
        hint: "The node speaks another version of the protocol, or answered garbage.",
      },
    );
  }
  if (unknown.length > 0) Object.defineProperty(message, UNKNOWN, { value: unknown });
  return message as M;
}

function isWritten(field: Field<unknown>, value: unknown): boolean {
  if (value === undefined) return false;
  return field.always || !(value === field.absent || value instanceof Uint8Array && !value.length);
}

function unknownOf(message: object): UnknownFields {
  return (message as { [UNKNOWN]?: UnknownFields })[UNKNOWN] ?? [];
}
