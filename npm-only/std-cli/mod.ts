// npm-only stand-in for jsr:@std/cli/parse-args: the same JS (npm:deno-std), typed here.
// deno-lint-ignore no-import-prefix -- the project itself must not depend on deno-std
import { parseArgs as impl } from "npm:deno-std@1.4.0/cli/parse_args.js";

export interface ParseOptions<B extends string, S extends string, D, C extends string> {
  boolean?: readonly B[];
  string?: readonly S[];
  default?: D;
  alias?: Readonly<Record<string, string | readonly string[]>>;
  collect?: readonly C[];
  negatable?: readonly string[];
  stopEarly?: boolean;
  "--"?: boolean;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}
type Value<K extends string, S extends string, C extends string> = K extends S
  ? (K extends C ? string[] : string)
  : boolean;
type Known<B extends string, S extends string, D, C extends string> = {
  [K in B | S]: K extends C ? Value<K, S, C>
    : K extends B ? boolean
    : K extends keyof D ? string
    : string | undefined;
};
export type Args<B extends string, S extends string, D, C extends string> =
  & Known<B, S, D, C>
  & { [name: string]: unknown; _: Array<string | number> };

export function parseArgs<
  const B extends string = never,
  const S extends string = never,
  D extends Record<string, unknown> = Record<never, never>,
  const C extends string = never,
>(args: string[], options?: ParseOptions<B, S, D, C>): Args<B, S, D, C> {
  return impl(args, options);
}
