import { duration } from "../../settings/setting_type.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Candles shorter than the usual hour, longest first, milliseconds. */
const SHORT = { "30m": 30, "15m": 15, "5m": 5, "3m": 3, "1m": 1 } as const;

/** Candles in the default ALLORA_HISTORY of hours: as many are learned from, and fit into memory. */
const CANDLES = 1125 * 24;
/** Of short candles, the least: a month to train on, one to judge by. */
const LEAST_DAYS = 60;

/** A span as a setting: "24h", "7d", "5m". */
export function horizonText(ms: number): string {
  if (ms % DAY === 0 && ms > DAY) return `${ms / DAY}d`;
  return ms % HOUR === 0 ? `${ms / HOUR}h` : `${ms / MINUTE}m`;
}

/**
 * ALLORA_INTERVAL, and the ALLORA_HISTORY that goes with it, where the horizon is no multiple of the
 * default hour.
 */
export function intervalFor(
  horizon: string,
  given: string | undefined,
): readonly [string, string][] {
  if (given !== undefined) return [["ALLORA_INTERVAL", given]];
  const ms = duration("1m", "90d").parse(horizon, "") ?? HOUR;
  if (ms % HOUR === 0) return [];
  const [name, minutes] = Object.entries(SHORT).find(([, each]) => ms % (each * MINUTE) === 0) ??
    ["1m", 1];
  const days = Math.max(LEAST_DAYS, Math.ceil((CANDLES * minutes * MINUTE) / DAY));
  return [["ALLORA_INTERVAL", name], ["ALLORA_HISTORY", `${days}d`]];
}
