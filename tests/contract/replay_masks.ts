import { list, masked, text } from "../recordings/recording.ts";

/**
 * A node's JSON without what no two nodes share: heights, gas (and the fees that follow from it),
 * hashes, addresses, times and versions. What is left has to be equal.
 */
export function comparable(value: unknown): unknown {
  if (typeof value === "string") return comparableText(value);
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  // An attribute of an event has its name in a field, and in a websocket's map behind the event's type.
  const named = "key" in value && "value" in value ? String(value.key) : undefined;
  return Object.fromEntries(entries.map(([name, inner]) => {
    const field = name === "value" && named !== undefined ? named : name.split(".").at(-1)!;
    if (field === "log" && typeof inner === "string") return [name, comparableLog(inner)];
    return [name, VARIES.has(field) ? masks(inner, field) : comparable(inner)];
  }));
}

function masks(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((each) => masks(each, field));
  return typeof value === "string" ? `<${field}>` : comparable(value);
}

/** Fields whose values are each node's own, whatever they look like. */
const VARIES = new Set([
  ...["hash", "tx", "id", "version", "gas_used", "timestamp"],
  ...["height", "block_height", "last_block_height", "latest_block_height"],
]);

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, "<time>"],
  [/^[0-9A-F]{40}([0-9A-F]{24})?$/i, "<hash>"],
  [/^[A-Za-z0-9+/]{43}=$/, "<hash>"],
  [/^[A-Za-z0-9+/]{86}==$/, "<signature>"],
  [/127\.0\.0\.1:\d+/, "<listens>"],
];

function comparableText(value: string): string {
  if (PATTERNS.some(([pattern]) => pattern.test(value))) {
    return PATTERNS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), value);
  }
  // The fees, which follow from gas: what is paid for data and registration is shorter, and is compared.
  return comparableLog(value).replace(/\b\d{4,}(\.\d+)?uallo\b/g, "<fee>uallo");
}

/** A log without heights, gas, hashes and addresses; amounts and sequences have to be equal. */
function comparableLog(log: string): string {
  return masked(log)
    .replace(/allo(valoper)?1[0-9a-z]{38,58}/g, "<address>")
    .replace(/\b[0-9A-F]{64}\b/g, "<hash>")
    .replace(/(height:?) \d+/g, "$1 <height>");
}

/** Types of events with the names of their attributes, each once. */
export function eventShapes(events: unknown): readonly string[] {
  const shapes = list(events).map((event) => {
    const attributes = list(event, "attributes").map((each) => text(each, "key"));
    return `${text(event, "type")}(${attributes.join(", ")})`;
  });
  return [...new Set(shapes)].sort();
}
