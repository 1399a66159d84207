import type { Topic } from "../../chain/client.ts";
import type { TopicSettings } from "../../settings.ts";

/** What a topic says of itself, as far as it can be read. */
export interface Said {
  readonly pair: string | undefined;
  readonly horizonMs: number | undefined;
  readonly target: TopicSettings["target"] | undefined;
}

const UNITS_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const TARGETS: readonly (readonly [RegExp, Said["target"]])[] = [
  [/log.?return/i, "log-return"],
  [/volatility/i, "volatility"],
  [/price/i, "price"],
];

/** A topic's metadata is free text, such as "1 day ETH/USD Log-Return Prediction". */
export function saidOf({ metadata, arity }: Pick<Topic, "metadata" | "arity">): Said {
  const [, amount, unit = ""] =
    /\b(\d{1,4})[ -]?(m|min|minutes?|h|hours?|d|days?)\b/i.exec(metadata) ?? [];
  const length = Object.entries(UNITS_MS).find(([letter]) => unit.toLowerCase().startsWith(letter));
  return {
    pair: /\b[A-Z0-9]{2,10}\/[A-Z0-9]{2,10}\b/.exec(metadata)?.[0],
    horizonMs: amount === undefined || length === undefined
      ? undefined
      : Number(amount) * length[1],
    target: arity === "multi" ? "labels" : TARGETS.find(([pattern]) => pattern.test(metadata))?.[1],
  };
}
