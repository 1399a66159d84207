import { allo, count, duration, number, type SettingType } from "./setting_type.ts";
import type { Table } from "./table.ts";

/** From where on a value is a warning, and from where on critical. */
export interface Thresholds<T> {
  readonly warn: T;
  readonly crit: T;
}

function thresholds<T>(item: SettingType<T>): SettingType<Thresholds<T>> {
  return {
    word: `${item.word},${item.word}`,
    allowed: `two, comma separated, for warning and critical, each ${item.allowed}`,
    ...item.unit === undefined ? {} : { unit: item.unit },
    parse: (text, cwd) => {
      const [warn, crit, ...more] = text.split(",").map((part) => item.parse(part.trim(), cwd));
      if (warn === undefined || crit === undefined || more.length > 0) return undefined;
      return { warn, crit };
    },
  };
}

/** From where on `health` complains: each names a warning and what is critical. */
export const HEALTH_SETTINGS = {
  healthMissed: {
    name: "ALLORA_HEALTH_MISSED",
    type: thresholds(count(1, 10_000)),
    default: "1,2",
    meaning: "Health: windows of a topic missed one after the other, warning and critical",
  },
  healthLastRunMs: {
    name: "ALLORA_HEALTH_LAST_RUN",
    type: thresholds(duration("1m", "30d")),
    default: "15m,65m",
    meaning: "Health: age of the last submit; for a timer of your own, set what it should keep",
  },
  healthRunwayDays: {
    name: "ALLORA_HEALTH_RUNWAY_DAYS",
    type: thresholds(number(0, 3650)),
    default: "10,3",
    meaning: "Health: days that the balance lasts at the pace of the last week or day",
  },
  healthBalanceUallo: {
    name: "ALLORA_HEALTH_BALANCE",
    type: thresholds(allo),
    default: "0.01,0.001",
    meaning: "Health: a balance below this is too low whatever is spent",
  },
  healthLogMb: {
    name: "ALLORA_HEALTH_LOG_MB",
    type: thresholds(count(1, 100_000)),
    default: "80,100",
    meaning: "Health: size of submission.log in MB; rotation keeps it far below",
  },
  healthDiskMb: {
    name: "ALLORA_HEALTH_DISK_MB",
    type: thresholds(count(1, 10_000_000)),
    default: "500,100",
    meaning: "Health: free space in MB below which a disk is too full",
  },
  healthPauseMs: {
    name: "ALLORA_HEALTH_PAUSE",
    type: duration("1m", "365d"),
    default: "8h",
    meaning: "Health: a pause that lasts longer may have been forgotten",
  },
} as const satisfies Table;
