/**
 * Protobuf on the wire, declared as field tables. Decoding keeps what the chain's generated code
 * keeps; encoding writes fields in ascending order and leaves zero values out, as gogoproto does.
 */

/** Bytes that are no protobuf message; the text is the one of Go's runtime. */
export class WireError extends Error {}

/** How one field's value is read, written and left out. */
export interface Kind<T> {
  readonly wire: 0 | 2;
  /** The message inside, for the search for unknown fields. */
  readonly nested?: MessageType<Shape> | "any";
  zero(): T;
  /** Reads one occurrence; `previous` is what earlier occurrences left. */
  merge(previous: T, reader: Reader): T;
  write(writer: Writer, field: number, value: T): void;
}

export type Shape = Readonly<Record<string, readonly [field: number, kind: Kind<unknown>]>>;
export type Fields<S extends Shape> = {
  [K in keyof S]: S[K][1] extends Kind<infer T> ? T : never;
};
/** The value a message type decodes to. */
export type Of<M> = M extends MessageType<infer S> ? Fields<S> : never;

/** A message: its Go type (as unknown-field errors print it) and its fields by name. */
export class MessageType<S extends Shape> {
  readonly goType: string;
  readonly byNumber: ReadonlyMap<number, readonly [name: string, kind: Kind<unknown>]>;
  readonly #fields: readonly (readonly [name: string, field: number, kind: Kind<unknown>])[];

  constructor(goType: string, shape: S) {
    this.goType = goType;
    this.#fields = Object.entries(shape)
      .map(([name, [field, kind]]) => [name, field, kind] as const)
      .sort((a, b) => a[1] - b[1]);
    this.byNumber = new Map(this.#fields.map(([name, field, kind]) => [field, [name, kind]]));
  }

  /** Throws WireError for malformed bytes and whatever a kind throws (decimals do). */
  decode(bytes: Uint8Array): Fields<S> {
    const values: Record<string, unknown> = {};
    for (const [name, , kind] of this.#fields) values[name] = kind.zero();
    const reader = new Reader(bytes);
    while (!reader.done) {
      const { field, wire } = reader.tag();
      const known = this.byNumber.get(field);
      if (known === undefined) reader.skip(wire);
      else if (known[1].wire !== wire) {
        throw new WireError(`proto: wrong wireType = ${wire} for field ${known[0]}`);
      } else values[known[0]] = known[1].merge(values[known[0]], reader);
    }
    return values as Fields<S>; // the door: every field was set by its own kind above
  }

  encode(values: Partial<Fields<S>>): Uint8Array {
    const writer = new Writer();
    const given: Record<string, unknown> = values;
    for (const [name, field, kind] of this.#fields) {
      kind.write(writer, field, given[name] ?? kind.zero());
    }
    return writer.finish();
  }
}

export class Reader {
  readonly bytes: Uint8Array;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.position >= this.bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.position++];
      if (byte === undefined) throw new WireError("unexpected EOF");
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireError("proto: integer overflow");
  }

  tag(): { field: number; wire: number } {
    const tag = Number(this.varint());
    const field = Math.floor(tag / 8);
    if (field < 1) throw new WireError(`proto: illegal tag ${field} (wire type ${tag})`);
    return { field, wire: tag % 8 };
  }

  chunk(): Uint8Array {
    const length = Number(this.varint());
    if (this.position + length > this.bytes.length) throw new WireError("unexpected EOF");
    return this.bytes.subarray(this.position, this.position += length);
  }

  skip(wire: number): void {
    if (wire === 0) this.varint();
    else if (wire === 2) this.chunk();
    else if (wire === 1 || wire === 5) this.position += wire === 1 ? 8 : 4;
    else throw new WireError(`proto: illegal wireType ${wire}`);
    if (this.position > this.bytes.length) throw new WireError("unexpected EOF");
  }
}

export class Writer {
  #bytes = new Uint8Array(128);
  #length = 0;

  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.#byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#byte(Number(rest));
  }

  tag(field: number, wire: number): void {
    this.varint(BigInt(field * 8 + wire));
  }

  chunk(field: number, bytes: Uint8Array): void {
    this.tag(field, 2);
    this.varint(BigInt(bytes.length));
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = byte;
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
