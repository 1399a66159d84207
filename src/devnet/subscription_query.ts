import type { Block, Event } from "./chain_types.ts";
import { internalError } from "./rpc_call.ts";

/** What can be asked of an event: each attribute as "type.key", with all its values. */
export type EventMap = ReadonlyMap<string, readonly string[]>;

interface Condition {
  readonly key: string;
  readonly operator: string;
  readonly value: string;
}

const CONDITION =
  /^([^\s\\()"'=<>]+)\s*(?:(EXISTS)|(=|<=|>=|<|>|CONTAINS)\s*(?:'([^']*)'|(-?\d+(?:\.\d+)?)))\s*(AND\s+|$)/;

/** A query of CometBFT's event log (libs/pubsub/query): conditions joined by AND. */
export class SubscriptionQuery {
  readonly text: string;
  readonly #conditions: readonly Condition[];

  /** Throws RpcError with the part of the text that cannot be read. */
  constructor(text: string) {
    this.text = text;
    const conditions: Condition[] = [];
    let rest = text.trim();
    for (let isOpen = true; isOpen;) {
      const found = CONDITION.exec(rest);
      if (found === null) throw internalError(`failed to parse query: ${JSON.stringify(rest)}`);
      const [whole, key = "", exists, operator = "", quoted, number = "", more] = found;
      conditions.push({ key, operator: exists ?? operator, value: quoted ?? number });
      rest = rest.slice(whole.length);
      isOpen = more !== "";
    }
    this.#conditions = conditions;
  }

  /** Values that the query asks the event's kind to be; none when it leaves the kind open. */
  get kind(): string | undefined {
    return this.#conditions.find(({ key, operator }) => key === "tm.event" && operator === "=")
      ?.value;
  }

  matches(events: EventMap): boolean {
    return this.#conditions.every(({ key, operator, value }) =>
      events.get(key)?.some((found) => isMet(found, operator, value))
    );
  }

  /** As the index of blocks reads it: what is said of one type of event must be true of one event. */
  matchesBlock({ height, events }: Block): boolean {
    const byType = Map.groupBy(this.#conditions, ({ key }) => key.slice(0, key.lastIndexOf(".")));
    return [...byType].every(([type, conditions]) =>
      type === "block"
        ? conditions.every(({ operator, value }) => isMet(String(height), operator, value))
        : events.some((event) => event.type === type && areMet(event, conditions))
    );
  }
}

function areMet({ attributes }: Event, conditions: readonly Condition[]): boolean {
  return conditions.every(({ key, operator, value }) =>
    attributes.some((one) => key.endsWith(`.${one.key}`) && isMet(one.value, operator, value))
  );
}

function isMet(found: string, operator: string, value: string): boolean {
  switch (operator) {
    case "EXISTS":
      return true;
    case "CONTAINS":
      return found.includes(value);
    case "=":
      return found === value;
    case "<":
      return Number(found) < Number(value);
    case "<=":
      return Number(found) <= Number(value);
    case ">":
      return Number(found) > Number(value);
    default:
      return Number(found) >= Number(value);
  }
}
