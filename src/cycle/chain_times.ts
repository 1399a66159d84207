/** Two moments of the chain's clock, epoch milliseconds. */
export interface ChainTimes {
  /** Time of the nonce's block: the forecast starts from the price at this minute. */
  readonly baseMs: number;
  /** Time of the head block: how new the candles have to be. */
  readonly headMs: number;
  /** The window's; unknown where no window is worked on. */
  readonly nonce?: bigint;
}

/** The minute, on a venue's clock, from which a forecast starts; epoch milliseconds. */
export const minuteOf = (baseMs: number) => Math.floor(baseMs / MINUTE_MS) * MINUTE_MS;
const MINUTE_MS = 60_000;
