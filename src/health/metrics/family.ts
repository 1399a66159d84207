/** One series' value. A value that nobody knows is left out, never 0. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric; its name goes without the prefix that all have. */
export interface Family {
  readonly name: string;
  readonly type: "gauge" | "counter";
  /** One sentence, with the unit and how series without a value are to be read. */
  readonly help: string;
  readonly samples: readonly Sample[];
}

export const PREFIX = "allora_pipeline_";

/** A family whose value may go up and down. */
export function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: "gauge", help, samples };
}

/** A family of counts or sums over all that the ledger holds: it survives restarts. */
export function counter(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, type: "counter", help, samples };
}

/** A sample where the value is known, and none where it is not. */
export function known(
  labels: Readonly<Record<string, string>>,
  value: number | null | undefined,
): readonly Sample[] {
  return value === null || value === undefined ? [] : [{ labels, value }];
}

/** Prometheus counts in seconds. */
export function seconds(ms: number | null | undefined): number | undefined {
  return ms === null || ms === undefined ? undefined : ms / 1000;
}

/** 1 ALLO is 10^18 uallo; a double holds the nearest amount, and keeps the order of amounts. */
export const alloFloat = (uallo: bigint) => Number(uallo) / 1e18;
