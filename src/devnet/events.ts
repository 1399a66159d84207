import type { Event } from "./chain_types.ts";

/** Every attribute is indexed, as the node is configured. */
export function event(type: string, attributes: readonly (readonly [string, string])[]): Event {
  return { type, attributes: attributes.map(([key, value]) => ({ key, value, index: true })) };
}

/** The event with one more attribute at its end: `msg_index` in messages, `mode` in blocks. */
export function tagged(given: Event, key: "msg_index" | "mode", value: string): Event {
  return { type: given.type, attributes: [...given.attributes, { key, value, index: true }] };
}

/** What bank emits for one transfer; `amount` is a coin text, empty for nothing. */
export function transferEvents(from: string, to: string, amount: string): Event[] {
  return [
    event("coin_spent", [["spender", from], ["amount", amount]]),
    event("coin_received", [["receiver", to], ["amount", amount]]),
    event("transfer", [["recipient", to], ["sender", from], ["amount", amount]]),
    event("message", [["sender", from]]),
  ];
}

/** An emissions event: attributes in the order of their names, values as protobuf JSON. */
export function emissionsEvent(
  version: number,
  name: string,
  attributes: Readonly<Record<string, unknown>>,
): Event {
  return event(
    `emissions.v${version}.Event${name}`,
    Object.keys(attributes).sort().map((key) => [key, json(attributes[key])]),
  );
}

/** Protobuf JSON has 64-bit integers as text. */
function json(value: unknown): string {
  return JSON.stringify(
    value,
    (_, item) => typeof item === "number" || typeof item === "bigint" ? String(item) : item,
  );
}
