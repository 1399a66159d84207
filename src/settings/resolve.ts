import { PipelineError } from "../errors.ts";
import type { Table, Values } from "./table.ts";

/** The text of a setting and where it was found: "--rpc", ".env:3", "the environment", "default". */
export interface Found {
  readonly text: string;
  readonly where: string;
}

/** A place where settings are looked up by name. */
export type Source = (name: string) => Found | undefined;

/** An empty text counts as not set: that is how Docker Compose passes on what is not there. */
export function found(text: string | undefined, where: string): Found | undefined {
  return text ? { text, where } : undefined;
}

/**
 * The values of a table, each from the first source that has it, else its default. Throws "config"
 * ("usage" for a flag) on a value that is not allowed, or when a required one is in no source: `file`
 * is where a person should add it.
 */
export function resolveAll<T extends Table>(
  table: T,
  sources: readonly Source[],
  cwd: string,
  file: string,
): { readonly values: Values<T>; readonly found: ReadonlyMap<string, Found> } {
  const values: Record<string, unknown> = {};
  const taken = new Map<string, Found>();
  for (const [field, { name, type, required, ...spec }] of Object.entries(table)) {
    const first = sources.map((source) => source(name)).find((hit) => hit !== undefined) ??
      found(spec.default, "default");
    if (!first) {
      if (!required) continue;
      throw new PipelineError("config", `Cannot use ${file}: ${name} is missing`, {
        hint: `Add ${name}=, which is ${type.allowed}`,
      });
    }
    values[field] = type.parse(first.text, cwd);
    if (values[field] === undefined) throw refusal(name, first, type.allowed);
    taken.set(name, first);
  }
  // The loop has given every field of the table what its own type parsed.
  return { values: values as Values<T>, found: taken };
}

/** The error for a value that is not allowed. */
export function refusal(name: string, { text, where }: Found, allowed: string): PipelineError {
  const flag = where.startsWith("--");
  const shown = JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
    .replace(/:\/\/[^/@]*@/g, "://***@");
  return new PipelineError(
    flag ? "usage" : "config",
    `Cannot use ${flag ? where : `${name} in ${where}`}: it is ${shown}, allowed is ${allowed}`,
    { hint: flag ? `Correct ${where}` : `Correct ${name} in ${where}` },
  );
}
