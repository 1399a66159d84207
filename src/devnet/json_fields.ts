/** Checks of JSON that a person wrote: each names the path and the value of what it refuses. */
import { PipelineError } from "../errors.ts";

/** A checked value, or PipelineError "config". `path`: as in topics[0].id. */
export type Parse<T> = (value: unknown, path: string) => T;

interface Field<T> {
  readonly parse: Parse<T>;
  /** Taken when the field is missing; undefined leaves it out. */
  readonly byDefault?: T | undefined;
  readonly isRequired: boolean;
}

type Fields<T> = { readonly [Name in keyof T]-?: Field<Exclude<T[Name], undefined>> };

export function wrong(path: string, value: unknown, allowed: string): PipelineError {
  const shown = JSON.stringify(value) ?? "missing";
  return new PipelineError("config", `Cannot use the state: ${path || "it"} is ${shown}`, {
    hint: `it must be ${allowed}`,
  });
}

export function required<T>(parse: Parse<T>): Field<T> {
  return { parse, isRequired: true };
}

export function optional<T>(parse: Parse<T>, byDefault?: T): Field<T> {
  return { parse, byDefault, isRequired: false };
}

/** An object with these fields, written in snake_case; any other is refused. */
export function record<T>(fields: Fields<T>): Parse<T> {
  const byName = new Map(
    Object.entries<Field<unknown>>(fields).map((
      [name, field],
    ) => [snakeCase(name), { name, field }]),
  );
  return (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw wrong(path, value, "an object");
    }
    const given = new Map<string, unknown>(Object.entries(value));
    const within = (name: string) => path === "" ? name : `${path}.${name}`;
    const unknown = [...given.keys()].find((name) => !byName.has(name));
    if (unknown !== undefined) {
      const allowed = `left out: the fields are ${[...byName.keys()].join(", ")}`;
      throw wrong(within(unknown), given.get(unknown), allowed);
    }
    const entries = [...byName].flatMap(([key, { name, field }]): [string, unknown][] => {
      if (given.has(key)) return [[name, field.parse(given.get(key), within(key))]];
      if (field.isRequired) throw wrong(within(key), undefined, "given");
      return field.byDefault === undefined ? [] : [[name, field.byDefault]];
    });
    // Each field went through the parser that the type T asks for.
    return Object.fromEntries(entries) as T;
  };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}

export function list<T>(parse: Parse<T>): Parse<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, value, "a list");
    return value.map((each, i) => parse(each, `${path}[${i}]`));
  };
}

export function oneOf<const T extends string | number>(...allowed: readonly T[]): Parse<T> {
  return (value, path) => {
    const found = allowed.find((each) => each === value);
    if (found === undefined) throw wrong(path, value, allowed.join(" or "));
    return found;
  };
}

/** Text that `pattern` matches, described by `allowed`. */
export function text(allowed = "text", pattern = /^/): Parse<string> {
  return (value, path) => {
    if (typeof value === "string" && pattern.test(value)) return value;
    throw wrong(path, value, allowed);
  };
}

/** A whole number, `least` or more. */
export function whole(least: number): Parse<number> {
  return (value, path) => {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
    throw wrong(path, value, `a whole number from ${least} on`);
  };
}

export const flag: Parse<boolean> = (value, path) => {
  if (typeof value === "boolean") return value;
  throw wrong(path, value, "true or false");
};
