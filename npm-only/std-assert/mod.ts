// npm-only stand-in for jsr:@std/assert: the same JS (npm:deno-std), typed here.
// deno-lint-ignore no-import-prefix -- the project itself must not depend on deno-std
import * as std from "npm:deno-std@1.4.0/assert/mod.js";

// deno-lint-ignore no-explicit-any
type Ctor<E extends Error> = new (...args: any[]) => E;
interface Asserts {
  assertEquals<T>(actual: T, expected: T, msg?: string): void;
  assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T;
  assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void;
  assertMatch(actual: string, expected: RegExp, msg?: string): void;
  assertStringIncludes(actual: string, expected: string, msg?: string): void;
  assertThrows(fn: () => unknown, msg?: string): unknown;
  assertThrows<E extends Error = Error>(
    fn: () => unknown,
    ErrorClass: Ctor<E>,
    msgIncludes?: string,
    msg?: string,
  ): E;
  assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
  assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    ErrorClass: Ctor<E>,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
  fail(msg?: string): never;
}
export function assert(expr: unknown, msg = ""): asserts expr {
  (std.assert as (expr: unknown, msg: string) => void)(expr, msg);
}
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  (std.assertExists as (a: unknown, msg?: string) => void)(actual, msg);
}
export const assertEquals: Asserts["assertEquals"] = std.assertEquals;
export const assertNotEquals: Asserts["assertNotEquals"] = std.assertNotEquals;
export const assertStrictEquals: Asserts["assertStrictEquals"] = std.assertStrictEquals;
export const assertAlmostEquals: Asserts["assertAlmostEquals"] = std.assertAlmostEquals;
export const assertMatch: Asserts["assertMatch"] = std.assertMatch;
export const assertStringIncludes: Asserts["assertStringIncludes"] = std.assertStringIncludes;
export const assertThrows: Asserts["assertThrows"] = std.assertThrows;
export const assertRejects: Asserts["assertRejects"] = std.assertRejects;
export const fail: Asserts["fail"] = std.fail;
