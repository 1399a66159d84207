import type { PipelineError } from "../errors.ts";

export type Json = string | number | boolean | null | readonly Json[] | { [key: string]: Json };

/** A value of unknown make with the path that led to it: every read states what it must be. */
export class Shape {
  readonly #value: unknown;
  readonly #path: string;
  readonly #fail: (what: string) => PipelineError;

  constructor(value: unknown, fail: (what: string) => PipelineError, path = "the answer") {
    this.#value = value;
    this.#fail = fail;
    this.#path = path;
  }

  /** The member `key`, which must be there. */
  at(key: string): Shape {
    if (typeof this.#value !== "object" || this.#value === null || Array.isArray(this.#value)) {
      throw this.#wrong("an object");
    }
    const value = Object.getOwnPropertyDescriptor(this.#value, key)?.value;
    return new Shape(value, this.#fail, `${this.#path}.${key}`);
  }

  /** The member `key`, or undefined when it is missing or null. */
  maybe(key: string): Shape | undefined {
    const member = this.at(key);
    return member.#value === undefined || member.#value === null ? undefined : member;
  }

  items(): Shape[] {
    if (!Array.isArray(this.#value)) throw this.#wrong("a list");
    return this.#value.map((item, i) => new Shape(item, this.#fail, `${this.#path}[${i}]`));
  }

  text(): string {
    if (typeof this.#value !== "string") throw this.#wrong("a text");
    return this.#value;
  }

  flag(): boolean {
    if (typeof this.#value !== "boolean") throw this.#wrong("true or false");
    return this.#value;
  }

  number(): number {
    if (!Number.isSafeInteger(this.#value)) throw this.#wrong("a whole number");
    return this.#value as number;
  }

  /** A 64-bit integer, which JSON-RPC writes as text. */
  integer(): bigint {
    if (typeof this.#value !== "string" || !/^-?\d{1,20}$/.test(this.#value)) {
      throw this.#wrong("a number in quotes");
    }
    return BigInt(this.#value);
  }

  /** Base64; null stands for no bytes. */
  base64(): Uint8Array {
    if (this.#value === null) return new Uint8Array();
    try {
      return Uint8Array.fromBase64(this.text());
    } catch {
      throw this.#wrong("base64");
    }
  }

  /** An RFC 3339 time, as epoch milliseconds. */
  timeMs(): number {
    const ms = Date.parse(this.text());
    if (Number.isNaN(ms)) throw this.#wrong("a time");
    return ms;
  }

  #wrong(expected: string): PipelineError {
    const found = JSON.stringify(this.#value)?.slice(0, 60) ?? "missing";
    return this.#fail(`${this.#path} is ${found}, expected ${expected}`);
  }
}
