/** Whether an untrusted value may stand in a field. */
export type Rule = (value: unknown) => boolean;

/** The fields of a record and what may stand in each. */
export interface Shape {
  readonly [field: string]: Rule | Shape;
}

export const finite: Rule = (value) => Number.isFinite(value);
export const positive: Rule = (value) => Number.isFinite(value) && Number(value) > 0;
export const share: Rule = (value) =>
  Number.isFinite(value) && Number(value) >= 0 && Number(value) <= 1;
export const count: Rule = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
export const text: Rule = (value) => typeof value === "string" && value !== "";
export const optional = (rule: Rule): Rule => (value) => value === undefined || rule(value);
export const orNull = (rule: Rule): Rule => (value) => value === null || rule(value);
export const oneOf = (names: readonly string[]): Rule => (value) =>
  names.some((name) => name === value);
export const list = (rule: Rule, length?: number): Rule => (value) =>
  Array.isArray(value) && value.length === (length ?? value.length) && value.every(rule);

/** What is wrong with `value`, named by its path; undefined when it has the shape. */
export function shapeDefect(value: unknown, shape: Shape, path: string): string | undefined {
  if (!isRecord(value)) return `${path.slice(0, -1) || "model"} is missing`;
  for (const [field, rule] of Object.entries(shape)) {
    const found = value[field];
    if (typeof rule !== "function") {
      const wrong = shapeDefect(found, rule, `${path}${field}.`);
      if (wrong !== undefined) return wrong;
    } else if (!rule(found)) {
      return `${path}${field} is ${(JSON.stringify(found) ?? "missing").slice(0, 60)}`;
    }
  }
  return undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
